import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=1,  # expect: wrong-out-axes
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features=features, dtype=jnp.float16)  # expect: changed-layer
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
