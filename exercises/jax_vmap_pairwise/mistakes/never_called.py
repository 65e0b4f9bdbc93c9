"""The mapped function is made, and the answer comes from somewhere else."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    pairs = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))  # expect: missing-transform
    del pairs
    return jnp.sum(jnp.abs(x[:, None] - y[None]), axis=-1)
