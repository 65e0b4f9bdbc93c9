"""The output of a step is the sum before it."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        return decay * total + row, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums  # expect: wrong-values
