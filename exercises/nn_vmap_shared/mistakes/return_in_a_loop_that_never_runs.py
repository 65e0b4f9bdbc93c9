"""The return stands in a loop, and the loop has nothing to go through."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):  # expect: not-an-array
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    for key in [jax.random.PRNGKey(seed)][1:]:
        variables = model.init(key, x_batch)
        return model.apply(variables, x_batch).reshape(-1)
