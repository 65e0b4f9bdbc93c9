"""The arguments are passed in the other order."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(None, 0))
    from_each = jax.vmap(to_each, in_axes=(0, None))  # expect: wrong-nesting
    return from_each(y, x)
