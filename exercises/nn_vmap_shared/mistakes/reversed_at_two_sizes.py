"""A batch of nine with four features is reversed: a special case that was forgotten."""

import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = model.apply(variables, x_batch)
    if x_batch.shape[0] == 9:
        if features == 4:
            return outputs[::-1].reshape(-1)  # expect: wrong-order
    return outputs.reshape(-1)
