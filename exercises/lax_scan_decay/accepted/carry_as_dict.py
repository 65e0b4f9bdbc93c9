"""The carry is a dict."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(carry, row):
        carry = {"total": decay * carry["total"] + row}
        return carry, carry["total"]

    _, sums = jax.lax.scan(step, {"total": jnp.zeros(x.shape[1], x.dtype)}, x)
    return sums
