"""The members come out last and are moved to the front."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=-1,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return jnp.moveaxis(model.apply(variables, x), -1, 0)
