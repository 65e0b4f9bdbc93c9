"""A partial of nn.Dense is lifted; what it binds is the default anyway."""
from functools import partial

import flax.linen as nn
import jax

WithBias = partial(nn.Dense, use_bias=True)


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(WithBias, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
