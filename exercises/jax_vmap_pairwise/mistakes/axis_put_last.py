"""out_axes=1 puts the points of x last."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    to_each = jax.vmap(distance, in_axes=(None, 0))
    from_each = jax.vmap(
        to_each,
        in_axes=(0, None),
        out_axes=1,  # expect: wrong-axis-out
    )
    return from_each(x, y)
