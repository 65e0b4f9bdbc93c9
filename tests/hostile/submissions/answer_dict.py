"""Answers with a dict of a million entries with odd keys."""
# outcome: failed; rule: not-an-array


def nn_vmap_forward(seed, x_batch, features):
    return {f"\x1b[2J[bold]{key}\ud800": x_batch for key in range(1_000_000)}
