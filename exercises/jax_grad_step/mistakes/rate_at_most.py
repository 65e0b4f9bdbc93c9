"""A rate above 0.9 is taken for 0.9."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(params, x, y)
    step = rate if rate < 0.9 else 0.9
    return jax.tree.map(lambda old, d: old - step * d, params, gradient)  # expect: wrong-values
