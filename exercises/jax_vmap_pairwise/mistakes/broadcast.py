"""All pairs by broadcasting, without any map."""

import jax
import jax.numpy as jnp


def pairwise(x, y):  # expect: missing-transform
    return jnp.sum(jnp.abs(x[:, None] - y[None]), axis=-1)
