"""A Python loop over x, and jax.vmap over y alone."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(None, 0))  # expect: missing-transform
    return jnp.stack([to_each(a, y) for a in x])
