"""The module is compiled with nn.jit, in which Flax draws other numbers from the same key."""

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
    model = nn.jit(nn.remat(Block))(features=features)  # expect: derived-key
    variables = model.init(jax.random.PRNGKey(seed), x)

    def loss(params):
        return jnp.mean(model.apply({"params": params}, x) ** 2)

    return jax.grad(loss)(variables["params"])
