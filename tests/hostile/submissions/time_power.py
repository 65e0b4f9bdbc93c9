"""Computes a number that has more digits than there are atoms, in C, deaf to everything."""
# outcome: failed; rule: timed-out|out-of-memory; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    return len(str(7 ** (10**10)))
