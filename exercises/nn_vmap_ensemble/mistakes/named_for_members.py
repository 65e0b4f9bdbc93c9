"""Named for its members, where the task names it for the ensemble."""
import flax.linen as nn
import jax


def nn_vmap_members(seed, x, members, features):  # expect: missing-function
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
