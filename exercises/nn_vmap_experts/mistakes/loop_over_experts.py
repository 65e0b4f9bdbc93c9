"""Each expert is a layer of its own."""

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
        outputs = []
        for number in range(self.experts):
            outputs.append(Expert(self.features, name=f"expert_{number}")(x))  # expect: no-nn-vmap
        outputs = jnp.stack(outputs)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
