"""All sums at once, by a matrix of powers."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):  # expect: missing-transform
    steps = jnp.arange(len(x))
    ages = steps[:, None] - steps[None]
    weights = jnp.where(ages >= 0, jnp.float32(decay) ** jnp.maximum(ages, 0), 0.0)
    return jnp.matmul(weights, x, precision="highest")
