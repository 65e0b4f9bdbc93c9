"""The knob sits in a partial far away; only the call can be pointed at."""
from functools import partial

import flax.linen as nn
import jax

batched = partial(
    nn.vmap,
    variable_axes={"params": 0},  # expect: per-example-params
    split_rngs={"params": False},
)


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = batched(nn.Dense)
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
