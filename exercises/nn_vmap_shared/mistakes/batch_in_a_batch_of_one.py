"""Maps over an axis that was only added for it."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch[None])
    return model.apply(variables, x_batch[None]).reshape(-1)  # expect: wrong-in-axes
