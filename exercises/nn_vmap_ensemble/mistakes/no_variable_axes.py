"""variable_axes is left out, so the weights don't get into the lifted layer."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: params-not-lifted
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=members,
        split_rngs={"params": True},
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
