"""The decay is carried beside a count that nobody needs, and each step gives a list."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(c, row):
        n, d, s = c
        s = d * s + row
        return (n + 1, d, s), [n, s]
    return jax.lax.scan(step, (0, decay, jnp.zeros_like(x[0])), x, unroll=4)[1][1]
