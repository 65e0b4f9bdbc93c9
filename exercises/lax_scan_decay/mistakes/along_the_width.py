"""The loop goes over the columns."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[0], x.dtype), x.T)
    return sums.T  # expect: wrong-values
