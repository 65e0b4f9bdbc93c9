"""A layer that only shows the width takes the first keys."""

from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + nnx.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    rngs = nnx.Rngs(seed)
    probe = Layer(x.shape[-1], rngs=rngs)  # expect: derived-key
    width = probe(x).shape[-1]

    @nnx.split_rngs(splits=depth)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return Layer(width, rngs=rngs)

    @nnx.scan(in_axes=(nnx.Carry, 0), out_axes=nnx.Carry)
    def forward(x, layer):
        return layer(x)

    return forward(x, make(rngs))
