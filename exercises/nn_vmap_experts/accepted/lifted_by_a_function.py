"""A function makes the lifted class."""

import flax.linen as nn
import jax.numpy as jnp


class Expert(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.tanh(nn.Dense(self.features)(x))


def lifted(module, size):
    return nn.vmap(
        module,
        in_axes=None,
        axis_size=size,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )


class Mixture(nn.Module):
    experts: int
    features: int

    @nn.compact
    def __call__(self, x):
        outputs = lifted(Expert, self.experts)(self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
