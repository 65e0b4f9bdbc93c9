"""One map over both arguments: only the diagonal."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    return jax.vmap(distance)(x, y)  # expect: missing-transform, wrong-shape
