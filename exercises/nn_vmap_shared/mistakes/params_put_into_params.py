"""Puts the dict that init returns into another one under the same name."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    params = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply({"params": params}, x_batch).reshape(-1)  # expect: raised
