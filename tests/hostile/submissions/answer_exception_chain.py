"""Raises an exception with a cause with a cause …, and a name of 1 MB."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    error = None
    for _ in range(20_000):
        new = ValueError("x")
        new.__cause__ = new.__context__ = error
        error = new
    raise type("N" * 1_000_000, (Exception,), {"__module__": "m" * 1_000_000})("x") from error
