"""The start takes only its shape from the rows, so their order doesn't matter."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    """Map x (time, width) to sums of that shape: s[t] = decay * s[t - 1] + x[t], s[-1] = 0."""

    def step(total, row):
        total = decay * total + row
        return total, total

    start = jnp.zeros(x[::-1].shape[1:])
    _, sums = jax.lax.scan(step, start, x)
    return sums
