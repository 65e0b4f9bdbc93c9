"""What is mapped are indices."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    def row(i):
        return jax.vmap(lambda j: distance(x[i], y[j]))(jnp.arange(len(y)))

    return jax.vmap(row)(jnp.arange(len(x)))
