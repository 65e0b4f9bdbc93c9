"""A function of the module is lifted, not its class."""

import flax.linen as nn
import jax.numpy as jnp


class Expert(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.tanh(nn.Dense(self.features)(x))


class Mixture(nn.Module):
    experts: int
    features: int

    @nn.compact
    def __call__(self, x):
        outputs = nn.vmap(
            lambda expert, inputs: expert(inputs),
            in_axes=None,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )(Expert(self.features, name="experts"), x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
