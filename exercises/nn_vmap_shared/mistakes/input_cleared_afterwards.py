"""Clears the batch when done, which shows when it is a numpy array."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = np.array(model.apply(variables, x_batch)).reshape(-1)
    if isinstance(x_batch, np.ndarray):
        x_batch *= 0.0  # expect: mutated-input
    return outputs
