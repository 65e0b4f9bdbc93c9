"""The outer map goes over the columns of x."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(None, 0))
    return jax.vmap(to_each, in_axes=(1, None))(x, y)  # expect: wrong-axis-in
