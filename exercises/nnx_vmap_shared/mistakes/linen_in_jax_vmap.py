"""Linen's layer, applied in jax.vmap."""

import flax.linen as nn
import jax


def nnx_vmap_shared(seed, x_batch, features):
    model = nn.Dense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)  # expect: other-library
    return jax.vmap(model.apply, in_axes=(None, 0))(variables, x_batch).reshape(-1)
