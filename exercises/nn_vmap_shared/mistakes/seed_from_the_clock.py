"""The clock gives the seed."""
import time

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jax.random.PRNGKey(time.time_ns() % 2**31)  # expect: nondeterministic
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
