"""Draws each member's weights with a plain layer from a seed of its own, and stacks them."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    drawn = [
        nn.Dense(features).init(jax.random.PRNGKey(seed + member), x)  # expect: derived-key
        for member in range(members)
    ]
    stacked = jax.tree.map(lambda *each: jnp.stack(each), *drawn)
    return Ensemble(features).apply(stacked, x)
