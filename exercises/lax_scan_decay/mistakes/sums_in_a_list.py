"""The sums are put into a list from inside of the step."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    sums = []

    def step(total, row):
        total = decay * total + row
        sums.append(total)
        return total, None

    jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)
    return jnp.stack(sums)  # expect: raised
