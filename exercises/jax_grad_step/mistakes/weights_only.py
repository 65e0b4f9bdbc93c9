"""The bias stays as it was."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(params, x, y)
    return {"w": params["w"] - rate * gradient["w"], "b": params["b"]}  # expect: wrong-values
