"""jax.vmap instead of nnx.vmap."""

import jax
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return jax.vmap(model)(x_batch).reshape(-1)  # expect: missing-transform
