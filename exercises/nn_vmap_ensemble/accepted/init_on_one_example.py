"""The weights' shapes depend on the input width only, so one example is enough for init."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x[0])
    return model.apply(variables, x)
