"""Leaves members out by chance, as if this were training."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    kept = np.random.rand(members, 1, 1).astype("float32")  # expect: nondeterministic
    return kept * model.apply(variables, x)
