"""The step returns one array, not a pair."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)  # expect: raised
    return sums
