"""jax.lax.associative_scan combines pairs of steps."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def combine(left, right):
        return left[0] * right[0], left[1] * right[0] + right[1]

    factors = jnp.full_like(x, decay)
    _, sums = jax.lax.associative_scan(combine, (factors, x))  # expect: missing-transform
    return sums
