"""A deep stack of equal layers of NNX as one scanned layer, by nnx.scan."""

import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    """A residual layer."""

    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        """Map x (batch, width) to what the next layer gets."""
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    """Map x (batch, width) through `depth` layers, each with its own weights."""

    # One object for all layers: its weights have a leading axis that counts them. The stream
    # is split, so each layer draws its weights from its own key.
    @nnx.split_rngs(splits=depth)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return Layer(x.shape[-1], rngs=rngs)

    layers = make(nnx.Rngs(seed))

    # The entries of in_axes are those of the arguments. 0: each step gets the next slice of
    # all arrays in the object, which is one layer. nnx.Carry: each step gets what the step
    # before returned, and the first one gets what is passed in.
    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
    def forward(layer, x):
        return layer(x)

    # What comes out is the last carry. The object says how many steps there are.
    return forward(layers, x)
