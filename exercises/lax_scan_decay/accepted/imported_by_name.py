"""scan and lax are imported by name."""

import jax.numpy as jnp
from jax.lax import scan


def decayed_sums(x, decay):
    def step(total, row):
        return (new := decay * total + row), new

    return scan(step, jnp.zeros_like(x, shape=x.shape[1:]), x)[1]
