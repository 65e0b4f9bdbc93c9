"""Aborts in C."""
# outcome: failed; rule: crashed; run: rarely
import os


def nn_vmap_forward(seed, x_batch, features):
    os.abort()
