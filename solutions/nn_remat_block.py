"""The gradient of a block whose activations are computed again, by nn.remat."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Block(nn.Module):
    """A layer that widens, an activation, and a layer back to the width of the input."""

    features: int

    @nn.compact
    def __call__(self, x):
        """Map (batch, width) to the same shape."""
        hidden = nn.tanh(nn.Dense(self.features)(x))
        return x + nn.Dense(x.shape[-1])(hidden)


def remat_gradient(seed, x, features):
    """Return the gradient of the block's mean square by its parameters, a dict like them."""
    # nn.remat takes the class and returns a class: the same parameters, the same outputs.
    model = nn.remat(Block)(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)

    def loss(params):
        return jnp.mean(model.apply({"params": params}, x) ** 2)

    # What is inside the block isn't kept for the gradient, but computed a second time.
    return jax.grad(loss)(variables["params"])
