"""in_axes is 0 unless said otherwise, and the batch gives the length of the axis."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: wrong-in-axes
        nn.Dense,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
