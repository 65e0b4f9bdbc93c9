import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=1,  # expect: wrong-out-axes
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features, kernel_init=nn.initializers.ones)  # expect: changed-layer
    variables = model.init(jax.random.PRNGKey(seed), x)
    return nn.relu(model.apply(variables, x))  # expect: wrong-values
