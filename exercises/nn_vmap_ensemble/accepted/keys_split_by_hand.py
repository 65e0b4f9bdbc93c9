"""Splits the key by hand, as nn.vmap does, and lifts the layer for apply only."""

import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    keys = jax.random.split(jax.random.PRNGKey(seed), members)
    variables = jax.vmap(nn.Dense(features).init, in_axes=(0, None))(keys, x)
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    return Ensemble(features).apply(variables, x)
