"""Defines a function that has to be awaited, as a generator of generators."""
# outcome: failed; rule: not-an-array


async def nn_vmap_forward(seed, x_batch, features):
    while True:
        yield x_batch
