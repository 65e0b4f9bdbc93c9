"""A loop in Python, over the rows."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    total = jnp.zeros(x.shape[1], x.dtype)
    sums = []
    for row in x:  # expect: missing-transform
        total = decay * total + row
        sums.append(total)
    return jnp.stack(sums)
