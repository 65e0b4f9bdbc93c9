"""The squares are summed over the width, and averaged over the batch alone."""

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
    model = nn.remat(Block)(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)

    def loss(params):
        return jnp.mean(jnp.sum(model.apply({"params": params}, x) ** 2, axis=1))

    return jax.grad(loss)(variables["params"])  # expect: wrong-values
