"""Both arguments advance together, like zip: the distances of equal indices."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    both = jax.vmap(distance, in_axes=(None, 0))
    return jax.vmap(both)(x, y)  # expect: wrong-axis-in
