"""A decorator that maps over the columns."""
from functools import partial

import flax.linen as nn
import jax

shared = {"variable_axes": {"params": None}, "split_rngs": {"params": False}}


@partial(nn.vmap, in_axes=1, **shared)  # expect: wrong-in-axes
class BatchDense(nn.Dense):
    """Dense over a batch."""


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
