"""The differences of all pairs come first; the maps go over those."""

import jax
import jax.numpy as jnp


def pairwise(x, y):
    differences = x[:, None] - y[None]
    return jax.vmap(jax.vmap(lambda each: jnp.sum(jnp.abs(each))))(differences)
