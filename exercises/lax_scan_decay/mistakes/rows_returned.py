"""Each step returns its row, not the sum."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, row

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums  # expect: wrong-values
