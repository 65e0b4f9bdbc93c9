"""apply gets the parameters, not the variables that they are a part of."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Block(nn.Module):
    """A layer that widens, an activation, and a layer back to the width of the input."""

    features: int

    @nn.compact
    def __call__(self, x):
        hidden = nn.tanh(nn.Dense(self.features)(x))
        return x + nn.Dense(x.shape[-1])(hidden)


def remat_gradient(seed, x, features):
    model = nn.remat(Block)(features)
    params = model.init(jax.random.PRNGKey(seed), x)["params"]
    return jax.grad(lambda params: jnp.mean(model.apply(params, x) ** 2))(params)  # expect: raised
