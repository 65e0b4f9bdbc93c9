"""Lifts a module with the layer inside: the weights move to params/Dense_0."""
import flax.linen as nn
import jax


class Member(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features)(x)


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        Member,  # expect: wrong-module
        in_axes=None,
        out_axes=0,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
