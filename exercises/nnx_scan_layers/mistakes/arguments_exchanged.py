"""The carry comes first in the call, but second in the function."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):

    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        """Map x (batch, width) to what the next layer gets."""
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    @nnx.split_rngs(splits=depth)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return Layer(x.shape[-1], rngs=rngs)

    layers = make(nnx.Rngs(seed))

    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
    def forward(layer, x):
        return layer(x)

    return forward(x, layers)  # expect: raised
