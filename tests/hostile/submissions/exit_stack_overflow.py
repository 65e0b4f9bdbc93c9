"""Overflows the stack of C, where there is no RecursionError."""
# outcome: failed; rule: crashed|raised
import sys


def nn_vmap_forward(seed, x_batch, features):
    sys.setrecursionlimit(2**30)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x"[:0])

    return Deep().anything
