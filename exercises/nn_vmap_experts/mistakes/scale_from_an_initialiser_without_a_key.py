"""Passes jnp.ones, which takes no key, to self.param."""

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
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        outputs = Experts(self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        scale = self.param("scale", jnp.ones, (self.features,))  # expect: raised
        return jnp.einsum("ebf,be->bf", outputs, gate) * scale
