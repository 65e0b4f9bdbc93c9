"""The whole function is compiled, with features static."""
from functools import partial

import flax.linen as nn
import jax


@partial(jax.jit, static_argnums=2)
def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
