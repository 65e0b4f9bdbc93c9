"""DenseGeneral with one axis has the parameters of Dense, and gives its numbers."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.DenseGeneral, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
