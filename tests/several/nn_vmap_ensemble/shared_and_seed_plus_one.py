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
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed + 1), x)  # expect: derived-key
    return model.apply(variables, x)
