"""The members are made and run one by one, in Python."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    rngs = nnx.Rngs(seed)
    layers = [nnx.Linear(x.shape[1], features, rngs=rngs) for _ in range(members)]
    return jnp.stack([layer(x) for layer in layers])
