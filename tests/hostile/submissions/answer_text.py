"""Answers with a text of 200 MB."""
# outcome: failed; rule: not-an-array


def nn_vmap_forward(seed, x_batch, features):
    return "PASSED" * 33_000_000
