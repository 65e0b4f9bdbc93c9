"""A new-style typed key, under the name of its stream."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init({"params": jax.random.key(seed)}, x)
    return model.apply(variables, x)
