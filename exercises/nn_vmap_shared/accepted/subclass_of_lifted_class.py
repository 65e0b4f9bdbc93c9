"""Inherits from the lifted class."""
import flax.linen as nn
import jax


class BatchDense(nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})):
    """Dense, over axis 0."""


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
