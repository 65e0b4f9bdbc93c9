"""A mixture of experts: a module that lifts another one, and calls it like any layer."""

import flax.linen as nn
import jax.numpy as jnp


class Expert(nn.Module):
    """One expert: a dense layer and nn.tanh."""

    features: int

    @nn.compact
    def __call__(self, x):
        """Map x (batch, inputs) to (batch, features)."""
        return nn.tanh(nn.Dense(self.features)(x))


class Mixture(nn.Module):
    """Experts that see the same input, and a gate that weighs them."""

    experts: int
    features: int

    @nn.compact
    def __call__(self, x):
        """Map x (batch, inputs) to (batch, features)."""
        # nn.vmap returns a class. Its instance is a layer of this module, with a name and a part of
        # the parameters: one array for all experts, which are counted by axis 0.
        Experts = nn.vmap(
            Expert,
            in_axes=None,
            out_axes=0,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        outputs = Experts(self.features, name="experts")(x)  # (experts, batch, features)

        # One plain layer says, for each example, how much each expert counts.
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x))  # (batch, experts)
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)

        # All ones: nothing changes yet, but it is a parameter, and training changes it.
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))
