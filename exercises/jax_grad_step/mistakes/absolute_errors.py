"""Absolute errors in place of squared ones."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(jnp.abs(errors), axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(params, x, y)
    return {name: params[name] - rate * gradient[name] for name in params}  # expect: wrong-values
