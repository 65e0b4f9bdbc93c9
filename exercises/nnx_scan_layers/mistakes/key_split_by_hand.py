"""The seed's own key is split."""

import jax
import jax.numpy as jnp
from flax import nnx


class Layer(nnx.Module):
    def __init__(self, width, *, rngs):
        self.dense = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        return x + jnp.tanh(self.dense(x))


def nnx_scan_layers(seed, x, depth):
    keys = jax.random.split(jax.random.key(seed), depth)  # expect: derived-key
    layers = nnx.vmap(lambda key: Layer(x.shape[-1], rngs=nnx.Rngs(key)))(keys)

    @nnx.scan(in_axes=(0, nnx.Carry), out_axes=nnx.Carry)
    def forward(layer, x):
        return layer(x)

    return forward(layers, x)
