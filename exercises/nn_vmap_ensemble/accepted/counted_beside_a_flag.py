"""Counts the members by an array that is mapped, and also passes a flag."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Counted(nn.Dense):
    @nn.compact
    def __call__(self, x, place, train):
        return super().__call__(x), place


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        Counted,
        in_axes=(None, 0, None),
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    places = jnp.arange(members)
    variables = model.init(jax.random.PRNGKey(seed), x, places, True)
    outputs, _ = model.apply(variables, x, places, True)
    return outputs
