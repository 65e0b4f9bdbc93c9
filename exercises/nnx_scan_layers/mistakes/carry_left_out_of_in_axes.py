"""Only out_axes has the carry."""

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

    @nnx.scan(in_axes=(0, None), out_axes=nnx.Carry)  # expect: wrong-axis-in
    def forward(layer, x):
        return layer(x)

    return forward(make(nnx.Rngs(seed)), x)
