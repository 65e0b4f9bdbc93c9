"""A small network for each member."""
import flax.linen as nn
import jax


class Network(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(16)(x))
        return nn.Dense(self.features)(x)


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(Network, {"params": 0}, {"params": True}, None, 0, members)  # expect: wrong-module
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
