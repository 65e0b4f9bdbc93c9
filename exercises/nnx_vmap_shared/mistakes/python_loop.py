"""The examples go through the layer one by one, in Python."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return jnp.concatenate([model(x) for x in x_batch])  # expect: missing-transform
