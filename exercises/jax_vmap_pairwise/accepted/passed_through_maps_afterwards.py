"""Two more maps, which only pass the distances on."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    rows = jax.vmap(jax.vmap(distance, (None, 0)), (0, None))(x, y)
    return jax.vmap(jax.vmap(lambda each: each))(rows)
