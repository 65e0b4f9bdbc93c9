"""Raises an exception with a text of 8 MB, and as much in its notes."""
# outcome: failed; rule: raised; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    error = ValueError("a\x1b[31m\n::error::b\n" * 500_000)
    error.__notes__ = ["note" * 100_000] * 100
    raise error
