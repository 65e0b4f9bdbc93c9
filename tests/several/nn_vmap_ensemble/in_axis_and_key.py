import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: wrong-axis-size
        nn.Dense,
        in_axes=0,  # expect: wrong-in-axes
        out_axes=0,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(1), x)  # expect: ignored-seed
    return model.apply(variables, x)
