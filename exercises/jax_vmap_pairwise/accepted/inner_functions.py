"""Inner functions use the arrays from outside."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    def to_all(a):
        return jax.vmap(lambda b: distance(a, b))(y)

    return jax.vmap(to_all)(x)
