"""One step of gradient descent for a linear model, by jax.grad."""

import jax
import jax.numpy as jnp


def loss(params, x, y):
    """Return half the sum of the squared errors, averaged over the batch."""
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    """Return params after one step: each array minus rate times its gradient."""
    # grad differentiates by the first argument, and returns a dict like params.
    gradient = jax.grad(loss)(params, x, y)
    # Both trees have the same structure, so they can be gone through together.
    return jax.tree.map(lambda old, slope: old - rate * slope, params, gradient)
