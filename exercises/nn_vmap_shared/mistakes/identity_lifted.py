"""Lifts a module that does nothing, and runs a plain layer after it."""

import flax.linen as nn
import jax


class Identity(nn.Module):
    def __call__(self, x):
        return x


def nn_vmap_forward(seed, x_batch, features):
    BatchIdentity = nn.vmap(Identity, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchIdentity()
    x = model.apply({}, x_batch)
    dense = nn.Dense(features)  # expect: no-nn-vmap
    variables = dense.init(jax.random.PRNGKey(seed), x)
    return dense.apply(variables, x).reshape(-1)
