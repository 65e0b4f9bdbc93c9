import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=x.shape[0],  # expect: wrong-axis-size
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features, use_bias=False)  # expect: changed-layer
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
