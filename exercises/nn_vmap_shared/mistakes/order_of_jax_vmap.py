"""The axes come before the dicts, and all of them by position."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense, 0, 0, {"params": None}, {"params": False})(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)  # expect: raised
    return model.apply(variables, x_batch).reshape(-1)
