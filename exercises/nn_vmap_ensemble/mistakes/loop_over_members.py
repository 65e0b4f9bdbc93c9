"""A plain layer for each key, stacked: the same numbers, and nn.vmap was not used."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    layer = nn.Dense(features)  # expect: no-nn-vmap
    outputs = []
    for key in jax.random.split(jax.random.PRNGKey(seed), members):
        variables = layer.init(key, x)
        outputs.append(layer.apply(variables, x))
    return jnp.stack(outputs)
