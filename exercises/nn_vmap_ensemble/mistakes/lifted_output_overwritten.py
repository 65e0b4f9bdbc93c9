import flax.linen as nn
import jax
import numpy as np


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    outputs = np.zeros_like(model.apply(variables, x))  # expect: no-nn-vmap
    for i in range(members):
        outputs[i] = x @ variables["params"]["kernel"][i] + variables["params"]["bias"][i]
    return outputs
