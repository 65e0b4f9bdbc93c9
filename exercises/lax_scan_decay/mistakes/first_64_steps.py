"""Right for as many steps as there were when it was tried."""

import jax
import jax.numpy as jnp

MOST = 64


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    start = jnp.zeros(x.shape[1:])
    _, sums = jax.lax.scan(step, start, x[:MOST])
    return sums  # expect: wrong-shape
