"""Writes down the two words that PRNGKey makes of a seed below 2**31."""
import flax.linen as nn
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jnp.array([0, seed], dtype=jnp.uint32)
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
