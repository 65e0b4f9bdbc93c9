"""The differences are summed as they are, so they cancel."""

import jax
import jax.numpy as jnp


def pairwise(x, y):
    def distance(a, b):
        return jnp.sum(a - b)

    return jax.vmap(jax.vmap(distance, (None, 0)), (0, None))(x, y)  # expect: wrong-values
