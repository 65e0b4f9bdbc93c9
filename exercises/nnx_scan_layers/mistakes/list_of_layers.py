"""The layers are a list."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)  # expect: derived-key

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    rngs = nnx.Rngs(seed)
    for layer in [Layer(x.shape[-1], rngs=rngs) for _ in range(depth)]:  # expect: missing-transform
        x = layer(x)
    return x
