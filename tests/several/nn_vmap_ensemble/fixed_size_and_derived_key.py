import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=3,  # expect: wrong-axis-size
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features)
    _, key = jax.random.split(jax.random.PRNGKey(seed))  # expect: derived-key
    variables = model.init(key, x)
    return model.apply(variables, x)
