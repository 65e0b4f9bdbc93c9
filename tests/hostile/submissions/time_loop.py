"""Never answers, and says nothing."""
# outcome: failed; rule: timed-out


def nn_vmap_forward(seed, x_batch, features):
    while True:
        pass
