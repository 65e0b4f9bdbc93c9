"""Splits the key before nn.vmap does."""
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
    key, init_key = jax.random.split(jax.random.PRNGKey(seed))  # expect: derived-key
    variables = model.init(init_key, x)
    return model.apply(variables, x)
