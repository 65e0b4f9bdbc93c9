"""the shares sum to one over the batch, not over the experts

With axis=0, what one example gets depends on the others.

next: leave out axis: nn.softmax takes the last one, the experts
"""

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
            out_axes=0,
            axis_size=self.experts,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        outputs = Experts(self.features, name="experts")(x)
        gate = nn.softmax(nn.Dense(self.experts, name="gate")(x), axis=0)
        mixed = jnp.einsum("ebf,be->bf", outputs, gate)
        return mixed * self.param("scale", nn.initializers.ones, (self.features,))  # expect: mistake
