"""The function is called where jax.vmap should get it."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance(x, y), in_axes=(None, 0))  # expect: raised
    return jax.vmap(to_each, in_axes=(0, None))(x, y)
