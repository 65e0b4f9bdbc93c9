"""Computes the members by hand, and only compares them with what the lifted layer gives."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def nn_vmap_ensemble(seed, x, members, features):
    Ensemble = nn.vmap(
        nn.Dense,
        in_axes=None,
        out_axes=0,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    kernel, bias = variables["params"]["kernel"], variables["params"]["bias"]
    members = jnp.einsum("bi,mif->mbf", x, kernel) + bias[:, None]
    lifted = np.asarray(model.apply(variables, x))  # expect: no-nn-vmap
    np.testing.assert_allclose(members, lifted, rtol=1e-3, atol=1e-3)
    return members
