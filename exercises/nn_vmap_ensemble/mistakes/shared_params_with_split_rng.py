"""A key for each member, and one set of weights to put what they draw in: Flax raises."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": None},  # expect: shared-params
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
