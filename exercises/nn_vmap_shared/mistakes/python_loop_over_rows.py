"""A Python loop over the examples, stacked by hand."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    dense = nn.Dense(features)  # expect: no-nn-vmap
    params = dense.init(jax.random.PRNGKey(seed), x_batch[0])
    rows = []
    for x in x_batch:
        rows.append(dense.apply(params, x))
    return jnp.concatenate(rows)
