"""Maps the lifted module with jax.vmap once more."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = jax.vmap(lambda x: model.apply(variables, x))(x_batch)  # expect: raised
    return outputs.reshape(-1)
