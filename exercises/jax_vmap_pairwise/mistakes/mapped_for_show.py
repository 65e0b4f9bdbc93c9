"""The mapped result is added with a factor of 0."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(None, 0))
    mapped = jax.vmap(to_each, in_axes=(0, None))(x, y)  # expect: missing-transform
    return jnp.sum(jnp.abs(x[:, None] - y[None]), axis=-1) + 0 * mapped
