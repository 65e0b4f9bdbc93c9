"""Gives one name several values, each made of the one before."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    y = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})(features)
    variables = y.init(jax.random.PRNGKey(seed), x_batch)
    y = y.apply(variables, x_batch)
    assert y.shape == (x_batch.shape[0], features)
    y = y.reshape(-1)
    return y
