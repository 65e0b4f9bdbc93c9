"""Inner functions, the points of y outside."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    def from_all(b):
        return jax.vmap(lambda a: distance(a, b))(x)

    return jax.vmap(from_all)(y)  # expect: wrong-nesting
