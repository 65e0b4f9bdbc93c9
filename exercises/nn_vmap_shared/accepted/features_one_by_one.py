"""Each feature is computed by itself, with its part of the weights."""

import flax.linen as nn
import jax
import jax.numpy as jnp

Lifted = nn.vmap(nn.Dense, in_axes=0, out_axes=0, variable_axes={"params": None}, split_rngs={"params": False})


def nn_vmap_forward(seed, x_batch, features):
    model = Lifted(features=features)
    v = model.init(jax.random.PRNGKey(seed), x_batch)
    cols = []
    for i in range(features):
        part = jax.tree.map(lambda p: p[..., i : i + 1], v)
        cols.append(Lifted(features=1).apply(part, x_batch))
    return jnp.concatenate(cols, axis=1).reshape(-1)
