"""functools.partial hands it on."""
from functools import partial

import flax.linen as nn
import jax


lift = partial(nn.vmap, in_axes=None, variable_axes={"params": 0}, split_rngs={"params": False})  # expect: unsplit-params-rng


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = lift(nn.Dense, axis_size=members)
    variables = Ensemble(features).init(jax.random.PRNGKey(seed), x)
    return Ensemble(features).apply(variables, x)
