import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: params-rng-not-lifted
        nn.Dense, in_axes=None, out_axes=0, axis_size=members, variable_axes={"params": 0}
    )
    model = Ensemble(5)  # expect: ignored-features
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
