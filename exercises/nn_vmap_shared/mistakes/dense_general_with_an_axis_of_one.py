"""DenseGeneral gives the same numbers from parameters of other shapes."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.DenseGeneral, variable_axes={"params": None}, split_rngs={"params": False}  # expect: wrong-module
    )
    model = BatchDense(features=(features, 1))
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
