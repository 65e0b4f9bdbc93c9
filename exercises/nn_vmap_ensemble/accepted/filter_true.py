"""Every collection gets an axis, every stream is split: there is only one of each."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={True: 0},
        split_rngs={True: True},
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
