"""init gets a key for each member; it wants one, and lets nn.vmap split it."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    keys = jax.random.split(jax.random.PRNGKey(seed), members)
    variables = model.init(keys, x)  # expect: raised
    return model.apply(variables, x)
