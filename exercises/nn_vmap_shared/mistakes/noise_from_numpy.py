"""Adds unseeded noise to the output."""
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
    outputs = model.apply(variables, x_batch).reshape(-1)
    noise = np.random.normal(size=outputs.shape).astype("float32")  # expect: nondeterministic
    return outputs + 0.01 * noise
