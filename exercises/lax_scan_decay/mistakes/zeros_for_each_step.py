"""The first carry has a number for each step, not for each column."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[0]), x)  # expect: raised
    return sums
