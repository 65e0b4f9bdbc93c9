"""A module has the layers, and scans a method of its own."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


class Model(nnx.Module):
    def __init__(self, width, depth, *, rngs):
        @nnx.split_rngs(splits=depth)
        @nnx.vmap
        def make(rngs):
            return Layer(width, rngs=rngs)

        self.layers = make(rngs)

    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
    def __call__(self, x):
        return self.layers(x)


def nnx_scan_layers(seed, x, depth):
    return Model(x.shape[-1], depth, rngs=nnx.Rngs(seed))(x)
