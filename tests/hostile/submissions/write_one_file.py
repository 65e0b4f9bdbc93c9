"""Writes one file that is larger than it may be."""
# outcome: failed; rule: crashed|raised
import time


def nn_vmap_forward(seed, x_batch, features):
    with open("large", "wb") as file:
        while True:
            file.write(b"x" * (1 << 20))
