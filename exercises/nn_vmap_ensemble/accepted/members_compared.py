"""Prints what the members look like, and compares with a plain layer, before it answers."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    print(jax.tree.map(jnp.shape, variables))
    first = jax.tree.map(lambda leaf: leaf[0], variables)
    outputs = model.apply(variables, x)
    print(jnp.abs(nn.Dense(features).apply(first, x) - outputs[0]).max())
    return outputs
