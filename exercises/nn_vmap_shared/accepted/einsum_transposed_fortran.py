"""Looks wrong: transposed, then read column by column. That is row by row again."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y = jnp.einsum("bf->fb", model.apply(variables, x_batch))
    return y.reshape(-1, order="F")
