"""Changes a copy of the input; the input stays as it is."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    work = np.array(x_batch, dtype=np.float32)
    out = np.array(model.apply(variables, work)).reshape(-1)
    work *= 0.0
    return out
