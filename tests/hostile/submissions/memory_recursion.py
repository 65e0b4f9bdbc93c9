"""Calls itself, with the limit on that taken away."""
# outcome: failed; rule: raised|crashed|out-of-memory|timed-out
import sys

sys.setrecursionlimit(10**9)


def nn_vmap_forward(seed, x_batch, features):
    return nn_vmap_forward(seed, [x_batch], features)
