"""The expert is mapped with jax.vmap."""

import flax.linen as nn
import jax
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
        expert = Expert(self.features, name="experts")
        outputs = jax.vmap(lambda _: expert(x))(jnp.arange(self.experts))  # expect: no-nn-vmap
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
