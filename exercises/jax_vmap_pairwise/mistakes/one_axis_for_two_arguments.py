"""in_axes has one entry, and there are two arguments."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    pairs = jax.vmap(jax.vmap(distance, (None, 0)), (0,))
    return pairs(x, y)  # expect: raised
