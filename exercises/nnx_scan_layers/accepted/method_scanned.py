"""The method of the layer is scanned, by a call."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    keys = nnx.Rngs(seed).split(depth)
    layers = nnx.vmap(lambda rngs: Layer(x.shape[-1], rngs=rngs))(keys)
    return nnx.scan(Layer.__call__, in_axes=(0, nnx.Carry), out_axes=nnx.Carry)(layers, x)
