"""The first exercise again: a lifted layer of Flax Linen."""

import flax.linen as nn
import jax


def nnx_vmap_shared(seed, x_batch, features):
    BatchDense = nn.vmap(  # expect: other-library
        nn.Dense, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
