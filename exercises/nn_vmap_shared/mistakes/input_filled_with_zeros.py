"""Frees the input when it is a numpy array."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = np.array(model.apply(variables, x_batch))
    if hasattr(x_batch, "fill"):
        x_batch.fill(0)  # expect: mutated-input
    return outputs.reshape(-1)
