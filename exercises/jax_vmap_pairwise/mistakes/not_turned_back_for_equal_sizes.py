"""The maps are nested the other way, and the result is turned back unless it is square."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(0, None))
    distances = jax.vmap(to_each, in_axes=(None, 0))(x, y)
    if distances.shape != (x.shape[0], y.shape[0]):
        distances = distances.T
    return distances  # expect: wrong-order
