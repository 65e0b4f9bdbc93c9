"""The members come last, and are moved first, which is right; they are all alike."""
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
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    model = Ensemble(features=features)
    variables = model.init(jax.random.PRNGKey(0), x)  # expect: ignored-seed
    return jnp.moveaxis(model.apply(variables, x), -1, 0)
