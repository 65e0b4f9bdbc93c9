"""The experts are axis 1 of the outputs, and the sum takes them there."""

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
        Experts = nn.vmap(
            Expert,
            in_axes=None,
            out_axes=1,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        outputs = Experts(self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("bef,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
