"""False for the stream, by position."""
from flax import linen as nn
from jax import random


def nn_vmap_ensemble(seed, x, members, features):
    lift = nn.vmap(nn.Dense, {"params": 0}, {"params": False}, None, 0, members)  # expect: unsplit-params-rng
    layer = lift(features)
    weights = layer.init(random.PRNGKey(seed), x)
    return layer.apply(weights, x)
