"""A loop in Python computes the sums, and a scan passes them on."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    total, sums = jnp.zeros(x.shape[1:]), []
    for row in x:
        total = decay * total + row
        sums.append(total)

    def step(before, row):
        return before + row, row

    _, rows = jax.lax.scan(  # expect: missing-transform
        step, jnp.zeros(x.shape[1:]), jnp.stack(sums)
    )
    return rows
