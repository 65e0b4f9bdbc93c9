"""init_with_output gives both at once."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(nn.Dense, {"params": 0}, {"params": True}, None, 0, members)
    outputs, _ = Ensemble(features).init_with_output(jax.random.PRNGKey(seed), x)
    return outputs
