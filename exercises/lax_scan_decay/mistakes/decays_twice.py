"""The sum decays twice in each step

In each step the old sum is multiplied by `decay` once. Here it is multiplied by `decay` before the
new row is added and again when the next step begins, so old rows fade too fast.

next: multiply the old sum by `decay` in one place only
"""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        faded = decay * total  # expect: mistake
        total = decay * faded + row
        return total, total

    _, sums = jax.lax.scan(step, jnp.zeros(x.shape[1:]), x)
    return sums
