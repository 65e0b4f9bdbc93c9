"""Gives every member a copy of the input and maps over the copies."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features)
    copies = jnp.broadcast_to(x, (members, *x.shape))
    variables = model.init(jax.random.PRNGKey(seed), copies)
    return model.apply(variables, copies)
