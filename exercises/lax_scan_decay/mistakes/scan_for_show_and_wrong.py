"""A scan counts for nothing, and what counts is wrong."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)  # expect: missing-transform
    return jnp.cumsum(x, axis=0) * decay + 0 * sums  # expect: wrong-values
