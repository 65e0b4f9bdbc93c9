"""The decay is taken off the sum, not multiplied with it."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = total - decay + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums  # expect: wrong-values
