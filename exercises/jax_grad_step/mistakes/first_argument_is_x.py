"""The loss takes x first, and the gradient is by the first argument."""

import jax
import jax.numpy as jnp


def loss(x, y, params):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(x, y, params)  # expect: other-gradient
    slopes = {"w": gradient.T @ jnp.ones_like(y), "b": jnp.sum(gradient)}
    return {name: params[name] - rate * slopes[name] for name in params}
