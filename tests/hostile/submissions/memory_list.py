"""Makes a list that grows and grows."""
# outcome: failed; rule: out-of-memory|crashed


def nn_vmap_forward(seed, x_batch, features):
    kept = []
    while True:
        kept.append(list(range(100_000)))
