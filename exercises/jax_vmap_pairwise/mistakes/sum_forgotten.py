"""The mapped function returns the differences of all coordinates."""

import jax
import jax.numpy as jnp


def pairwise(x, y):
    def gaps(a, b):
        return jnp.abs(a - b)

    return jax.vmap(jax.vmap(gaps, (None, 0)), (0, None))(x, y)  # expect: wrong-shape
