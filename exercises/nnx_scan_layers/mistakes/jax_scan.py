"""The loop is one of jax.lax.scan."""

import jax
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

    graph, state = nnx.split(make(nnx.Rngs(seed)))

    def step(x, weights):
        return nnx.merge(graph, weights)(x), None

    last, _ = jax.lax.scan(step, x, state)  # expect: missing-transform
    return last
