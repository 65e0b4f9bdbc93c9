"""The gradient is computed, and another one used."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(params, x, y)  # expect: missing-transform
    del gradient
    errors = (x @ params["w"] + params["b"] - y) / len(x)
    slopes = {"w": x.T @ errors, "b": jnp.sum(errors, axis=0)}
    return {name: params[name] - rate * slopes[name] for name in params}
