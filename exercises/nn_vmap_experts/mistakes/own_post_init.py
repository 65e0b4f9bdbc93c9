"""The class has a constructor of its own, in place of the one that Flax writes."""

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

    def __post_init__(self):  # expect: raised
        self.count = self.experts

    @nn.compact
    def __call__(self, x):
        Experts = nn.vmap(
            Expert,
            in_axes=None,
            out_axes=0,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        outputs = Experts(self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.count, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
