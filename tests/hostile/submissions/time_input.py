"""Waits for somebody to type something."""
# outcome: failed; rule: raised


def nn_vmap_forward(seed, x_batch, features):
    return input("password: ")
