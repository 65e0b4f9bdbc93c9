"""Yields the rows, so that a call gives a generator."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):  # expect: not-an-array
    Lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = Lifted(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    for row in model.apply(variables, x_batch):
        yield from row
