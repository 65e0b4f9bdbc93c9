import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    y = model.apply(variables, x)
    return nn.softmax(y)  # expect: wrong-values
