"""The row is weighted, too, as in a moving average."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + (1 - decay) * row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)
    return sums  # expect: wrong-values
