import jax
import jax.numpy as jnp


def loss(params, x, y):
    """Return half the sum of the squared errors, averaged over the batch."""
    errors = x @ params["w"] + params["b"] - y
    return 0.5 * jnp.mean(jnp.sum(errors**2, axis=1))


def sgd_step(params, x, y, *, rate):
    """Return params after one step of gradient descent on loss, with jax.grad.

    Args:
        params: dict with w, float32 (inputs, outputs), and b, float32 (outputs,).
        x: float32 array, shape (batch, inputs), one example per row.
        y: float32 array, shape (batch, outputs), what the model should return for x.
        rate: float above 0, the learning rate; passed by keyword.

    Returns:
        dict like params, with the new arrays.
    """
    raise NotImplementedError("take the gradient of loss by params, and go one step down")
