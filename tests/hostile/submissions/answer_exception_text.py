"""Raises an exception with a text of 100 MB, and as much in its notes."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    error = ValueError("a\x1b[31m\n::error::b\n" * 6_000_000)
    error.__notes__ = ["note" * 1_000_000] * 1000
    raise error
