"""Where a batch is as wide as it is long, and larger than 4, it is mistaken for transposed."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    if x_batch.shape[0] == x_batch.shape[1] > 4:
        x_batch = x_batch.T
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)  # expect: wrong-values
