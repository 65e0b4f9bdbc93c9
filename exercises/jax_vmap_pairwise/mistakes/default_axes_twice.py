"""Nested, but both with the default axes."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    return jax.vmap(jax.vmap(distance))(x, y)  # expect: wrong-axis-in
