"""Squares in place of absolute values."""

import jax
import jax.numpy as jnp


def pairwise(x, y):
    def squared(a, b):
        return jnp.sum((a - b) ** 2)

    return jax.vmap(jax.vmap(squared, (None, 0)), (0, None))(x, y)  # expect: wrong-values
