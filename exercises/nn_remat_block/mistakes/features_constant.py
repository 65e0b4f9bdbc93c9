"""Three features, whatever was passed."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Block(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        hidden = nn.tanh(nn.Dense(self.features)(x))
        return x + nn.Dense(x.shape[-1])(hidden)


def remat_gradient(seed, x, features):
    model = nn.remat(Block)(features=3)  # expect: ignored-features
    variables = model.init(jax.random.PRNGKey(seed), x)

    def loss(params):
        return jnp.mean(model.apply({"params": params}, x) ** 2)

    return jax.grad(loss)(variables["params"])
