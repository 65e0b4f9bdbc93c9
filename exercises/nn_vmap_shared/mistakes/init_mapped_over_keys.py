"""Splits the key for the examples, and maps init over the keys."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    keys = jax.random.split(jax.random.PRNGKey(seed), len(x_batch))  # expect: derived-key
    variables = jax.vmap(model.init, in_axes=(0, None))(keys, x_batch)  # expect: raised
    return model.apply(variables, x_batch).reshape(-1)
