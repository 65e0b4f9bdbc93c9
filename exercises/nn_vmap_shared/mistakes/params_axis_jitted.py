"""Compiled as a whole, so it's traced once for each shape."""
from functools import partial

import flax.linen as nn
import jax


@partial(jax.jit, static_argnames="features")
def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
