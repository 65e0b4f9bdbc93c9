"""Checks that another seed gives another layer."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    others = model.init(jax.random.PRNGKey(seed + 1), x_batch)
    outputs, other_outputs = model.apply(variables, x_batch), model.apply(others, x_batch)
    print("apart by", jnp.abs(outputs - other_outputs).max())
    return outputs.reshape(-1)
