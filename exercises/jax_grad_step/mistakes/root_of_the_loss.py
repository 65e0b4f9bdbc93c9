"""The root of the squared errors, whose gradient has another length."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return jnp.sqrt(jnp.mean(jnp.sum(errors**2, axis=1)))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(params, x, y)
    return {name: params[name] - rate * gradient[name] for name in params}  # expect: wrong-values
