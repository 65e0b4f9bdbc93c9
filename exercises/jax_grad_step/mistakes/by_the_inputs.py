"""argnums=1 differentiates by x."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss, argnums=1)(params, x, y)  # expect: other-gradient
    slope = jnp.mean(gradient)
    return {name: params[name] - rate * slope for name in params}
