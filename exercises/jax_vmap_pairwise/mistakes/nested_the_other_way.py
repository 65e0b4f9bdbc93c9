"""The outer map goes over y, so the result is transposed."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(0, None))
    return jax.vmap(to_each, in_axes=(None, 0))(x, y)  # expect: wrong-nesting
