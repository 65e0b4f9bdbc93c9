"""Shuffles the batch without a seed."""
import random

import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    order = list(range(x_batch.shape[0]))
    random.shuffle(order)  # expect: nondeterministic
    x = x_batch[jnp.array(order)]
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)
