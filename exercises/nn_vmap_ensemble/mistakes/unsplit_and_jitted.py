"""Compiled as a whole, and every member drawn from one key."""
from functools import partial

import flax.linen as nn
import jax


@partial(jax.jit, static_argnums=(2, 3))
def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
