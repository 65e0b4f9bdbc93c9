"""One layer is used in each step, from outside of the function."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)  # expect: shared-params

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    layer = Layer(x.shape[-1], rngs=nnx.Rngs(seed))

    @nnx.scan(in_axes=nnx.Carry, out_axes=nnx.Carry, length=depth)
    def forward(x):
        return layer(x)

    return forward(x)
