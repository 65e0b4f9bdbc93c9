"""Writes random bytes to both streams, faster than anybody reads, and then answers."""
# outcome: failed; rule: wrong-shape|not-flattened; run: rarely
import os


def nn_vmap_forward(seed, x_batch, features):
    for _ in range(8):
        data = os.urandom(1 << 20)
        os.write(1, data)
        os.write(2, data)
    return x_batch
