"""Raises what Ctrl-C raises."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    raise KeyboardInterrupt
