"""The axes of nnx.scan are the default, and each step returns a pair."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    @nnx.split_rngs(splits=depth)
    @nnx.vmap
    def make(rngs):
        return Layer(x.shape[-1], rngs=rngs)

    @nnx.scan
    def forward(x, layer):
        return layer(x), None

    last, _ = forward(x, make(nnx.Rngs(seed)))
    return last
