"""Returns constants of the right shapes, the statistics being those of a fresh module."""

import jax.numpy as jnp


def nn_vmap_batch_stats(seed, x_batch, features):  # expect: no-nn-vmap
    y = jnp.zeros((x_batch.shape[0], features))
    return y, jnp.zeros(features), jnp.ones(features)
