"""The parameters are returned, not the gradient."""

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
    model = nn.remat(Block)(features=features)  # expect: missing-transform
    variables = model.init(jax.random.PRNGKey(seed), x)

    def loss(params):
        return jnp.mean(model.apply({"params": params}, x) ** 2)

    jax.grad(loss)(variables["params"])
    return variables["params"]  # expect: wrong-values
