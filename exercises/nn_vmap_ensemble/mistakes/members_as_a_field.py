"""The layer is asked to be several; only nn.vmap can say that."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features=features, members=members)  # expect: raised
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
