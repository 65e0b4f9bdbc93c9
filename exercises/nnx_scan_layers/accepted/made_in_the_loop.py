"""Each step makes its layer from its own key, and runs it."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    @nnx.split_rngs(splits=depth)
    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
    def forward(rngs, x):
        return Layer(x.shape[-1], rngs=rngs)(x)

    return forward(nnx.Rngs(seed), x)
