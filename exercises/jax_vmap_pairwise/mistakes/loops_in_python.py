"""Two loops in Python."""

import jax
import jax.numpy as jnp


def distance(a, b):
    return jnp.sum(jnp.abs(a - b))


def pairwise(x, y):
    rows = []
    for a in x:  # expect: missing-transform
        rows.append(jnp.stack([distance(a, b) for b in y]))
    return jnp.stack(rows)
