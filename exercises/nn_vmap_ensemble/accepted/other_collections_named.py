"""Names collections and streams that a dense layer doesn't have."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        axis_name="members",
        variable_axes={"params": 0, "batch_stats": 0, "cache": None},
        split_rngs={"params": True, "dropout": False},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
