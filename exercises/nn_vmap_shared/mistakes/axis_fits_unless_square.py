"""The input is transposed, and in_axes with it, but not where it is square."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    x = x_batch if x_batch.shape[0] == x_batch.shape[1] else x_batch.T
    Lifted = nn.vmap(
        nn.Dense,
        in_axes=1,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = Lifted(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)  # expect: wrong-values
