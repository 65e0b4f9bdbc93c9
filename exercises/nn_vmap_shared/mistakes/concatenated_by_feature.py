"""Puts the features one after the other, instead of the examples."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = model.apply(variables, x_batch)
    columns = [outputs[:, j] for j in range(features)]
    return jnp.concatenate(columns)  # expect: wrong-order
