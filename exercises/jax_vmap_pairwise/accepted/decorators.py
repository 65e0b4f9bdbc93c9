"""Decorators map the function, and jax.vmap is imported by name."""

from functools import partial

import jax.numpy as jnp
from jax import vmap


@partial(vmap, in_axes=(0, None))
@partial(vmap, in_axes=(None, 0))
def pairwise(x, y):
    return jnp.sum(jnp.abs(x - y))
