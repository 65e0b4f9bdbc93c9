"""Fills arrays, and keeps them."""
# outcome: failed; rule: out-of-memory|crashed|timed-out
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    kept = []
    while True:
        kept.append(np.ones(1 << 24))
