"""The scan's result is added with a factor of 0."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1], x.dtype), x)  # expect: missing-transform
    total, rows = 0.0, []
    for row in x:
        total = decay * total + row
        rows.append(total)
    return jnp.stack(rows) + 0 * sums
