"""Always five members, as in the example that was tried."""
import flax.linen as nn
import jax

MEMBERS = 5


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=MEMBERS,  # expect: wrong-axis-size
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
