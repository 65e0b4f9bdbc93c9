"""The filter True shares every collection, the weights among them."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        variable_axes={True: None},  # expect: shared-params
        split_rngs={True: True},
        in_axes=None,
        axis_size=members,
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
