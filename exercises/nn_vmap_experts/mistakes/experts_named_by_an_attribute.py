"""Makes the layers in setup, where an attribute gives the experts another name."""

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

    def setup(self):
        Experts = nn.vmap(
            Expert,
            in_axes=None,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        self.lifted = Experts(self.features)  # expect: other-layers
        self.gate = nn.Dense(self.experts)
        self.scale = self.param("scale", nn.initializers.ones, (self.features,))

    def __call__(self, x):
        gate = nn.softmax(self.gate(x))
        return jnp.einsum("ebf,be->bf", self.lifted(x), gate) * self.scale
