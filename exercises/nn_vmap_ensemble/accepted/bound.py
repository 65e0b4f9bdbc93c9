"""bind, then call like a function."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    bound = model.bind(model.init(jax.random.PRNGKey(seed), x))
    return bound(x)
