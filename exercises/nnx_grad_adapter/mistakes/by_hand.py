"""The derivative is written by hand."""

import jax.numpy as jnp
from flax import nnx


class Adapter(nnx.Variable):
    pass


class Adapted(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.base = nnx.Linear(inputs, outputs, rngs=rngs)
        self.scale = Adapter(jnp.ones(outputs))
        self.shift = Adapter(jnp.zeros(outputs))

    def __call__(self, x):
        return self.scale[...] * self.base(x) + self.shift[...]


def loss(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def adapter_step(seed, x, y, *, rate):  # expect: missing-transform
    model = Adapted(x.shape[1], y.shape[1], rngs=nnx.Rngs(seed))
    outputs = model.base(x)
    errors = 2 * (model(x) - y) / y.size
    return {
        "scale": model.scale[...] - rate * jnp.sum(errors * outputs, axis=0),
        "shift": model.shift[...] - rate * jnp.sum(errors, axis=0),
    }
