"""Every example makes a layer, from a key of its own."""

import jax
import jax.numpy as jnp
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    @nnx.vmap  # expect: per-example-params
    def forward(number, x):
        key = jax.random.fold_in(jax.random.key(seed), number)  # expect: derived-key
        return nnx.Linear(x.shape[0], features, rngs=nnx.Rngs(key))(x)

    return forward(jnp.arange(x_batch.shape[0]), x_batch).reshape(-1)
