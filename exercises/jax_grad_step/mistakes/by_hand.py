"""The derivative is written out."""

import jax.numpy as jnp


def sgd_step(params, x, y, *, rate):  # expect: missing-transform
    errors = (x @ params["w"] + params["b"] - y) / len(x)
    return {
        "w": params["w"] - rate * x.T @ errors,
        "b": params["b"] - rate * jnp.sum(errors, axis=0),
    }
