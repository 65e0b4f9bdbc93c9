import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    y = model.apply(variables, x)
    return jnp.swapaxes(y, 0, 1)  # expect: wrong-shape
