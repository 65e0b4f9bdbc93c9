"""Euclidean distances, with a root of squares."""

import jax
import jax.numpy as jnp


def pairwise(x, y):
    def distance(a, b):
        return jnp.sqrt(jnp.sum((a - b) ** 2))

    return jax.vmap(jax.vmap(distance, (None, 0)), (0, None))(x, y)  # expect: wrong-values
