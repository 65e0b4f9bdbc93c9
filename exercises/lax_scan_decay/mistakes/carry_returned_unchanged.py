"""The step returns the carry that it got."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        return total, decay * total + row  # expect: carry-lost

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums
