"""The first carry is a single number."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, 0.0, x)  # expect: raised
    return sums
