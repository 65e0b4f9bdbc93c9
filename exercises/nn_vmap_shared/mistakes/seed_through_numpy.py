"""numpy draws the seed for jax."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jax.random.PRNGKey(np.random.default_rng(seed).integers(2**31))  # expect: derived-key
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
