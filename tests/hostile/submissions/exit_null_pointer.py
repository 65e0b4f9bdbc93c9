"""Reads from address 0."""
# outcome: failed; rule: crashed; run: rarely
import ctypes


def nn_vmap_forward(seed, x_batch, features):
    return ctypes.string_at(0)
