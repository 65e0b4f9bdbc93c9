"""The fields and the lifted class come from a class above."""

import flax.linen as nn
import jax.numpy as jnp


class Expert(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.tanh(nn.Dense(self.features)(x))


class Base(nn.Module):
    experts: int
    features: int

    def lifted(self, module):
        return nn.vmap(
            module,
            in_axes=None,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )


class Mixture(Base):

    @nn.compact
    def __call__(self, x):
        outputs = self.lifted(Expert)(features=self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
