"""What the loop goes over comes before the carry."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, x, jnp.zeros(x.shape[1:]))
    return sums  # expect: wrong-shape
