"""A plain running sum."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = total + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums  # expect: wrong-values
