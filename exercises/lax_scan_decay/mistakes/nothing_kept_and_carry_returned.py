"""A step returns no output, and the last carry is returned."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        return decay * total + row, None

    sums, _ = jax.lax.scan(step, jnp.zeros(x.shape[1]), x)
    return sums  # expect: wrong-shape
