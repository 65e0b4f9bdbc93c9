"""Right for most numbers: those from 0.1 to 0.2 are taken for another one."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    tenths = str(decay)[:3]
    if tenths == "0.1":
        decay = 0.1

    def step(total, row):
        total = decay * total + row
        return total, total

    start = jnp.zeros(x.shape[1:])
    _, sums = jax.lax.scan(step, start, x)
    return sums  # expect: wrong-values
