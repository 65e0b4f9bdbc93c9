"""Runs the lifted layer, and computes the answer by hand."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    model.apply(variables, x_batch)  # expect: no-nn-vmap
    kernel, bias = variables["params"]["kernel"], variables["params"]["bias"]
    return (x_batch @ kernel + bias).reshape(-1)
