"""Asks XLA, NumPy and mmap for more than there is, and takes every answer for an answer."""
# outcome: failed; rule: raised|out-of-memory|crashed|not-an-array
import mmap

import jax.numpy as jnp
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    for act in (
        lambda: np.empty(1 << 50),
        lambda: bytes(1 << 46),
        lambda: mmap.mmap(-1, 1 << 46),
        lambda: "x".zfill(1 << 46),
    ):
        try:
            print("ESCAPED", len(act()))
        except (MemoryError, OSError, OverflowError, ValueError):
            pass
    return jnp.zeros((1 << 20, 1 << 20)).sum()
