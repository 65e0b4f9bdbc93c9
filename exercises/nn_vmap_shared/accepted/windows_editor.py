"""Saved by a Windows editor, with a byte order mark: in_axes and out_axes are 0 unless said otherwise."""
from jax import random
from flax import linen as nn


def nn_vmap_forward(seed, x_batch, features):
    Shared = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    shared = Shared(features)
    params = shared.init(random.PRNGKey(seed), x_batch)
    return shared.apply(params, x_batch).reshape((-1,))
