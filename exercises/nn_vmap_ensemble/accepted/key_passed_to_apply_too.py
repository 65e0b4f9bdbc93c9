"""The key goes to apply as well, which draws nothing from it."""
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
    key = jax.random.PRNGKey(seed)
    variables = model.init(key, x)
    return model.apply(variables, x, rngs={"params": jax.random.fold_in(key, 1)})
