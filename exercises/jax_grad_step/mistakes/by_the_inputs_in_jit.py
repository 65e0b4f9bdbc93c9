"""The gradient by the inputs, compiled: there, no array has numbers to tell it by."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    gradient = jax.jit(jax.grad(loss, argnums=1))(params, x, y)  # expect: other-gradient
    return jax.tree.map(lambda old, slope: old - rate * slope, params, gradient)
