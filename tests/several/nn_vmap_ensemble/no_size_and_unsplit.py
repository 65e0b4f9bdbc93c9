import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: wrong-axis-size
        nn.Dense,
        in_axes=None,
        out_axes=0,
        variable_axes={"params": 0},
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
