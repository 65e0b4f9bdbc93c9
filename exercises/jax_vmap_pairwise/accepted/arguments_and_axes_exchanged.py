"""Arguments and axes are both exchanged: the distance is symmetric."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    return jax.vmap(jax.vmap(distance, (0, None)), (None, 0))(y, x)
