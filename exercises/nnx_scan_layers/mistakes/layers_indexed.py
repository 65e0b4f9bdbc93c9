"""The object that nnx.vmap made is taken for a list of layers."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    @nnx.split_rngs(splits=depth)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return Layer(x.shape[-1], rngs=rngs)

    layers = make(nnx.Rngs(seed))
    for i in range(depth):
        x = layers[i](x)  # expect: raised
    return x
