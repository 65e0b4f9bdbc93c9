"""A partial of nn.Dense is lifted, and it turns the bias off."""
from functools import partial

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    linear = partial(nn.Dense, use_bias=False)  # expect: changed-layer
    model = nn.vmap(linear, variable_axes={"params": None}, split_rngs={"params": False})(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
