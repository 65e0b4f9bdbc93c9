"""0 is as good as False: a slip between the two dicts."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={
            "params": 0,
        },
        split_rngs={
            "params": 0,  # expect: unsplit-params-rng
        },
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
