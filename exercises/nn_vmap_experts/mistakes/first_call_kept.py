"""The lifted class is made from the first call's size."""

import flax.linen as nn
import jax.numpy as jnp


class Expert(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.tanh(nn.Dense(self.features)(x))


def lifted(module, made={}):
    if module not in made:
        made[module] = nn.vmap(
            module,
            in_axes=None,
            axis_size=2,  # expect: wrong-axis-size
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
    return made[module]


class Mixture(nn.Module):
    experts: int
    features: int

    @nn.compact
    def __call__(self, x):
        Experts = lifted(Expert)
        outputs = Experts(self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
