"""Prints without an end."""
# outcome: failed; rule: timed-out


def nn_vmap_forward(seed, x_batch, features):
    while True:
        print("passed" * 10_000)
