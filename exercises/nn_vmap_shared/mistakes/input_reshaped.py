"""The input is reshaped where it has to be transposed, and mapped along the other axis."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense, in_axes=1, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchDense(features)
    columns = x_batch.reshape(x_batch.shape[::-1])
    variables = model.init(jax.random.PRNGKey(seed), columns)
    return model.apply(variables, columns).reshape(-1)  # expect: wrong-values
