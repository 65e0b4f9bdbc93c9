"""Is in one call of C, which looks at no signal."""
# outcome: failed; rule: timed-out


def nn_vmap_forward(seed, x_batch, features):
    return sum(range(10**12))
