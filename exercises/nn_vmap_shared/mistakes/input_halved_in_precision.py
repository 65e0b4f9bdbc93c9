"""Rounds the input to bfloat16; the layer's numbers are float32 all the same."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    x_batch = jnp.asarray(x_batch, jnp.bfloat16)
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)  # expect: wrong-values
