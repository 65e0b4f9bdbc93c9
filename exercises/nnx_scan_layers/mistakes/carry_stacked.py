"""The carry gets an axis, and the last one is taken."""

from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + nnx.tanh(self.dense(x))


def make_layers(seed, width, depth):
    @nnx.split_rngs(splits=depth)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return Layer(width, rngs=rngs)

    return make(nnx.Rngs(seed))


def nnx_scan_layers(seed, x, depth):
    layers = make_layers(seed, x.shape[-1], depth)
    @nnx.scan(in_axes=(nnx.Carry, 0), out_axes=0)  # expect: wrong-axis-out
    def forward(x, layer):
        return layer(x)

    return forward(x, layers)[-1]
