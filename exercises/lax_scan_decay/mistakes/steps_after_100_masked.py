"""Right for as many steps as the mask has."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    start = jnp.zeros(x.shape[1:])
    _, sums = jax.lax.scan(step, start, x)
    valid = jnp.arange(x.shape[0]) < 100
    return sums * valid[:, None]  # expect: wrong-values
