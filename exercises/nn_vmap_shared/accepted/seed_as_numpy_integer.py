"""int, abs and np.uint32 leave these seeds as they are."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jax.random.PRNGKey(np.uint32(abs(int(seed))))
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
