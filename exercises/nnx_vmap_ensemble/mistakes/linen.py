"""The ensemble of the Linen exercise."""

import flax.linen as nn
import jax


def nnx_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(  # expect: other-library
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
