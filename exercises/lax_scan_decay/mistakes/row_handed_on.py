"""The row is handed on to the next step, not the sum."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return row, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums  # expect: wrong-values
