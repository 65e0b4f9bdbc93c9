"""nnx.scan refuses the axes while the file is loaded."""

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


@nnx.scan(in_axes=(nnx.Carry, 0), out_axes=0)  # expect: import-failed
def forward(x, layer):
    return layer(x)


def nnx_scan_layers(seed, x, depth):
    layers = make_layers(seed, x.shape[-1], depth)
    return forward(x, layers)[-1]
