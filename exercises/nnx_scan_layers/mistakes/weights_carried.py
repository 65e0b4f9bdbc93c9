"""The weights of one layer are handed from step to step."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    layer = Layer(x.shape[-1], rngs=nnx.Rngs(seed))

    @nnx.scan(
        in_axes=(nnx.StateAxes({nnx.Param: nnx.Carry}), nnx.Carry),  # expect: carried-params
        out_axes=nnx.Carry,
        length=depth,
    )
    def forward(layer, x):
        return layer(x)

    return forward(layer, x)
