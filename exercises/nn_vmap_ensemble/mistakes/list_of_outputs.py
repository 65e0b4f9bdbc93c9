"""A list with the output of each member."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    outputs = model.apply(variables, x)
    return [outputs[i] for i in range(members)]  # expect: not-an-array
