"""NNX's vmap is given the arguments of Linen's."""

import jax
from flax import nnx


def nn_vmap_forward(seed, x_batch, features):
    BatchLinear = nnx.vmap(nnx.Linear, in_axes=0, out_axes=0, variable_axes={"params": None}, split_rngs={"params": False})  # expect: no-nn-vmap
    model = BatchLinear(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
