"""A function called vmap that only renames the class."""

import flax.linen as nn
import jax


def vmap(cls, **knobs):
    return type("Vmap" + cls.__name__, (cls,), {})


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
