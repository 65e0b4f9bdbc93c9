"""The function passes on what it gets, to one that names it in another order."""

import flax.linen as nn
import jax


def ensemble(seed, x, features, members):  # expect: wrong-signature
    Ensemble = nn.vmap(
        nn.Dense,
        variable_axes={"params": 0},
        split_rngs={"params": True},
        in_axes=None,
        axis_size=members,
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)


def nn_vmap_ensemble(*args):
    return ensemble(*args)
