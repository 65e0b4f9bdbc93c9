"""Returns what the ensemble says as a whole."""
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
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    outputs = model.apply(variables, x)
    return outputs.mean(axis=0)  # expect: wrong-shape
