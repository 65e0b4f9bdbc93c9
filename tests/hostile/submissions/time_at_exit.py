"""Hangs when its process is told to end."""
# outcome: failed; rule: wrong-shape|not-flattened; run: rarely
import atexit
import time

atexit.register(time.sleep, 1000)


def nn_vmap_forward(seed, x_batch, features):
    return x_batch
