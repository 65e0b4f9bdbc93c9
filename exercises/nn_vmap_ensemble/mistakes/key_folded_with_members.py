"""fold_in makes another key, here one that depends on the number of members."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    key = jax.random.PRNGKey(seed)
    key = jax.random.fold_in(key, members)  # expect: derived-key
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    return model.apply(model.init(key, x), x)
