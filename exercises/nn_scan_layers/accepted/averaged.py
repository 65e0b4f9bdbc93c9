"""The mean of two equal runs."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def stack(depth):
    return nn.scan(Layer, length=depth, variable_axes={"params": 0}, split_rngs={"params": True})()


def deep_network(seed, x, depth):
    model = stack(depth)
    v = model.init(jax.random.PRNGKey(seed), x, None)
    a, _ = model.apply(v, x, None)
    b, _ = model.apply(v, x, None)
    return (a + b) / 2
