"""Answers with a dict of a hundred thousand entries with odd keys."""
# outcome: failed; rule: not-an-array; run: rarely


def nn_vmap_forward(seed, x_batch, features):
    return {f"\x1b[2J[bold]{key}\ud800": x_batch for key in range(100_000)}
