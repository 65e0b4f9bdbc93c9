"""Always four outputs."""
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
    model = Ensemble(features=4)  # expect: ignored-features
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
