"""The knobs stand in a decorator on a subclass."""
import functools

import flax.linen as nn
import jax


@functools.partial(nn.vmap, variable_axes={"params": 0}, split_rngs={"params": False})  # expect: per-example-params
class BatchDense(nn.Dense):
    """A dense layer for a batch."""


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
