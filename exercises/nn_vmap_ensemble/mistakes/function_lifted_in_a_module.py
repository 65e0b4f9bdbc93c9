"""A module of one's own lifts a function that calls the layer: the weights get other names."""

import flax.linen as nn
import jax


class Ensemble(nn.Module):
    members: int
    features: int

    @nn.compact
    def __call__(self, x):
        def member(layer, x):
            return layer(x)

        lifted = nn.vmap(
            member,  # expect: wrong-module
            in_axes=None,
            out_axes=0,
            axis_size=self.members,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        return lifted(nn.Dense(self.features), x)


def nn_vmap_ensemble(seed, x, members, features):
    model = Ensemble(members, features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
