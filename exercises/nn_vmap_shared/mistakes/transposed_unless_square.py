"""The input is transposed where that changes its shape."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    if x_batch.shape[0] != x_batch.shape[1]:
        x_batch = x_batch.T
    Lifted = nn.vmap(
        nn.Dense,
        in_axes=0,  # expect: wrong-in-axes
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = Lifted(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
