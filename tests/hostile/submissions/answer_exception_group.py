"""Raises exceptions in groups in groups."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    group = ValueError("x")
    for _ in range(500):
        group = ExceptionGroup("x" * 10_000, [group, group])
    raise group
