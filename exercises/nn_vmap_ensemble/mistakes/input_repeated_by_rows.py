"""Repeats rows, not the whole input, so each member gets a mixture of them."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    copies = jnp.repeat(x, members, axis=0).reshape(members, *x.shape)
    Ensemble = nn.vmap(
        nn.Dense, in_axes=0, variable_axes={"params": 0}, split_rngs={"params": True}
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), copies)
    return model.apply(variables, copies)  # expect: wrong-values
