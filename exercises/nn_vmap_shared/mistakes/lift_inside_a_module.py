"""The learner's own module lifts the layer inside, so its parameters are one level deeper."""

import jax
from flax import linen as nn


class Network(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        layer = nn.vmap(
            nn.Dense,
            in_axes=0,
            out_axes=0,
            variable_axes={"params": None},
            split_rngs={"params": False},
        )
        return layer(self.features)(x)


def nn_vmap_forward(seed, x_batch, features):
    model = Network(features)  # expect: wrong-module
    variables = model.init(jax.random.key(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
