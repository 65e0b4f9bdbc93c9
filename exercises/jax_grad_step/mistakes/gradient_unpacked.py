"""The gradient is a dict, and its keys are taken for its values."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    dw, db = jax.grad(loss)(params, x, y)
    w = params["w"] - rate * dw  # expect: raised
    b = params["b"] - rate * db
    return {"w": w, "b": b}
