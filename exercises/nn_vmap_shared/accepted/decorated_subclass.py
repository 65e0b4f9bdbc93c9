"""nn.vmap as the decorator of a subclass of nn.Dense."""
import functools

import flax.linen as nn
import jax


@functools.partial(
    nn.vmap,
    in_axes=0,
    out_axes=0,
    variable_axes={"params": None},
    split_rngs={"params": False},
)
class BatchDense(nn.Dense):
    """A dense layer on a batch."""


def nn_vmap_forward(seed, x_batch, features):
    layer = BatchDense(features)
    variables = layer.init(jax.random.PRNGKey(seed), x_batch)
    return layer.apply(variables, x_batch).reshape(-1)
