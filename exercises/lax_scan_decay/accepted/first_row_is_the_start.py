"""The first row is the first carry, and is put before the others."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    _, sums = jax.lax.scan(step, x[0], x[1:])
    return jnp.concatenate([x[:1], sums])
