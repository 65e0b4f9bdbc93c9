"""The right names in another order."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, features, members):  # expect: wrong-signature
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
