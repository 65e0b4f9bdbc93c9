"""All arguments of nn.vmap by position."""
from flax import linen as nn
from jax import random


def nn_vmap_ensemble(seed, x, members, features):
    ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)(features)
    return ensemble.apply(ensemble.init(random.PRNGKey(seed), x), x)
