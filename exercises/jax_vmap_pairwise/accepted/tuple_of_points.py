"""The function takes a pair of points, and in_axes is nested like it."""

import jax
import jax.numpy as jnp


def distance(pair):
    a, b = pair
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=((None, 0),))
    return jax.vmap(to_each, in_axes=((0, None),))((x, y))
