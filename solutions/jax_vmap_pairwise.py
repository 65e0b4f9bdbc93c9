"""The distances of all pairs of points, by two nested jax.vmap."""

import jax
import jax.numpy as jnp


def distance(a, b):
    """Return the sum of the absolute differences of two points of shape (dim,)."""
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    """Map x (n, dim) and y (m, dim) to the distances of all pairs, shape (n, m)."""
    # The inner map keeps a fixed (None) and goes over the points of y: (dim,), (m, dim) -> (m,).
    to_each = jax.vmap(distance, in_axes=(None, 0))
    # The outer map goes over the points of x and keeps y whole: its axis comes first.
    from_each = jax.vmap(to_each, in_axes=(0, None))
    return from_each(x, y)
