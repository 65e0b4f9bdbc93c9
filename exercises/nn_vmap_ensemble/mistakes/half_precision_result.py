"""Cut to half precision on the way out."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).astype(jnp.float16)  # expect: wrong-dtype
