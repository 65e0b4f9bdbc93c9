"""jax.lax.fori_loop writes into an array."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    def step(t, sums):
        before = jnp.where(t > 0, sums[t - 1], 0.0)
        return sums.at[t].set(decay * before + x[t])

    return jax.lax.fori_loop(0, len(x), step, jnp.zeros_like(x))  # expect: missing-transform
