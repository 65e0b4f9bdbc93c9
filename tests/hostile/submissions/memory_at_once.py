"""Claims a terabyte at once."""
# outcome: failed; rule: out-of-memory|crashed|raised
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    return np.ones(1 << 37)
