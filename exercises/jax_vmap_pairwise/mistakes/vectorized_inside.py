"""jnp.vectorize for the difference of two coordinates."""

import jax
import jax.numpy as jnp


def pairwise(x, y):
    gap = jnp.vectorize(lambda p, q: jnp.abs(p - q))  # expect: forbidden-transform

    def apart(a, b):
        return jnp.sum(gap(a, b))

    return jax.vmap(jax.vmap(apart, (None, 0)), (0, None))(x, y)
