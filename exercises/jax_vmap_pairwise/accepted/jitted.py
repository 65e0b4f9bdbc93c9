"""The function is compiled as a whole."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


@jax.jit
def pairwise(x, y):
    return jax.vmap(jax.vmap(distance, (None, 0)), (0, None))(x, y)
