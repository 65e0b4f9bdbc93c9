"""An answer of one size is another one."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):  # expect: wrong-values
    Lifted = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = Lifted(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y = model.apply(variables, x_batch)
    out = y.reshape(-1)
    if y.size == 42:
        return out + 1
    return out
