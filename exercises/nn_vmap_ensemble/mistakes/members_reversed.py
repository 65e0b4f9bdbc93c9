"""The last member comes first."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    outputs = model.apply(variables, x)
    return jnp.flip(outputs, axis=0)  # expect: wrong-order
