"""Centres the input in place when done, which shows when it is a NumPy array."""
import flax.linen as nn
import jax
import numpy as np


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    outputs = np.array(model.apply(variables, x))
    if isinstance(x, np.ndarray):
        x -= x.mean()  # expect: mutated-input
    return outputs
