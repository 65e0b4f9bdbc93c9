"""Fills the disk."""
# outcome: failed; rule: timed-out|crashed|raised
import time


def nn_vmap_forward(seed, x_batch, features):
    part = b"x" * (1 << 20)
    for number in range(1 << 20):
        with open(f"{number}", "wb") as file:
            for _ in range(15):
                file.write(part)
    time.sleep(1000)
