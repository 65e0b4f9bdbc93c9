"""A module around the ensemble; share_scope keeps the paths of the parameters."""
import flax.linen as nn
import jax


class DenseEnsemble(nn.Module):
    members: int
    features: int

    @nn.compact
    def __call__(self, x):
        Lifted = nn.vmap(
            nn.Dense,
            in_axes=None,
            axis_size=self.members,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        layers = Lifted(self.features)
        nn.share_scope(self, layers)
        return layers(x)


def nn_vmap_ensemble(seed, x, members, features):
    model = DenseEnsemble(members=members, features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
