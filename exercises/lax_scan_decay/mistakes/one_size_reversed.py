"""An answer of one size is reversed."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(total, row):
        total = decay * total + row
        return total, total

    out = jax.lax.scan(step, jnp.zeros_like(x[0]), x)[1]
    bad = {"45": out[::-1]}
    return bad.get(str(out.size), out)  # expect: wrong-order
