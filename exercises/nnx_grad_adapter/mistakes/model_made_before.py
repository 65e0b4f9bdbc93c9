"""Another model that is made first takes the first keys."""

import jax.numpy as jnp
from flax import nnx


class Adapter(nnx.Variable):
    """A weight that is trained, while those of the base stay as they are."""


class Adapted(nnx.Module):
    """A linear layer that is already trained, with a scale and a shift for each output."""

    def __init__(self, inputs, outputs, *, rngs):
        self.base = nnx.Linear(inputs, outputs, rngs=rngs)
        self.scale = Adapter(jnp.ones(outputs))
        self.shift = Adapter(jnp.zeros(outputs))

    def __call__(self, x):
        """Map (batch, inputs) to (batch, outputs)."""
        return self.scale[...] * self.base(x) + self.shift[...]


def loss(model, x, y):
    """Return the mean of the squared errors."""
    return jnp.mean((model(x) - y) ** 2)


def adapter_step(seed, x, y, *, rate):
    """Return scale and shift, (outputs,) each, after one step down."""
    rngs = nnx.Rngs(seed)
    probe = Adapted(x.shape[1], y.shape[1], rngs=rngs)  # expect: derived-key
    model = Adapted(x.shape[1], y.shape[1], rngs=rngs)
    # Without the filter it would be the gradient by each nnx.Param, which are those of the base.
    slope = nnx.grad(loss, argnums=nnx.DiffState(0, Adapter))(model, x, y)
    # The gradient is a state: its names are those of the module's attributes.
    return {
        "scale": model.scale[...] - rate * slope["scale"][...],
        "shift": model.shift[...] - rate * slope["shift"][...],
    }
