"""Draws from the next seed, and names the axes of the weights for several devices."""

import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
        metadata_params={nn.PARTITION_NAME: "members"},
    )
    drawn = nn.with_partitioning(nn.initializers.lecun_normal(), ("inputs", "features"))
    model = Ensemble(features, kernel_init=drawn)
    variables = model.init(jax.random.PRNGKey(seed + 1), x)  # expect: derived-key
    return model.apply(nn.unbox(variables), x)
