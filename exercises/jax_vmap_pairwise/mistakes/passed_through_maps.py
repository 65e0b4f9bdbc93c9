"""The distances come from broadcasting, and two maps pass them on."""

import jax, jax.numpy as jnp


def pairwise(x, y):
    d = jnp.abs(x[:, None] - y[None]).sum(-1)
    return jax.vmap(jax.vmap(lambda v: v))(d)  # expect: missing-transform
