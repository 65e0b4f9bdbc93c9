"""None for the output as for the input: but the members differ, and Flax raises."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=None,  # expect: wrong-out-axes
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
