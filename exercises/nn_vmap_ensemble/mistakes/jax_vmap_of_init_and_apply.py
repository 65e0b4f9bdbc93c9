"""jax.vmap over keys and over weights: the same numbers, by hand."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    layer = nn.Dense(features)
    keys = jax.random.split(jax.random.PRNGKey(seed), members)
    variables = jax.vmap(layer.init, in_axes=(0, None))(keys, x)  # expect: no-nn-vmap
    return jax.vmap(layer.apply, in_axes=(0, None))(variables, x)
