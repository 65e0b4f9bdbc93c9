"""The loss of one example, mapped over the batch."""

import jax
import jax.numpy as jnp


def loss_of_one(params, x, y):
    return 0.5 * jnp.sum((x @ params["w"] + params["b"] - y) ** 2)


def loss(params, x, y):
    return jnp.mean(jax.vmap(loss_of_one, in_axes=(None, 0, 0))(params, x, y))


def sgd_step(params, x, y, *, rate):
    gradient = jax.grad(loss)(params, x, y)
    return {name: params[name] - rate * gradient[name] for name in params}
