"""The layers are split into a graph and a state, and the state is scanned."""

import jax
import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    keys = jax.random.split(nnx.Rngs(seed)(), depth)
    layers = nnx.vmap(lambda key: Layer(x.shape[-1], rngs=nnx.Rngs(key)))(keys)
    graph, state = nnx.split(layers)

    @nnx.scan(in_axes=(nnx.Carry, 0), out_axes=nnx.Carry)
    def forward(x, weights):
        return nnx.merge(graph, weights)(x)

    return forward(x, state)
