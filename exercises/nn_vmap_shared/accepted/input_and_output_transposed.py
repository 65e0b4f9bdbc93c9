"""Looks wrong twice: the batch is on axis 1 because the input was transposed."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    ColumnDense = nn.vmap(
        nn.Dense,
        in_axes=1,
        out_axes=1,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = ColumnDense(features=features)
    columns = x_batch.T
    variables = model.init(jax.random.PRNGKey(seed), columns)
    outputs = model.apply(variables, columns)  # (features, batch)
    return outputs.T.reshape(-1)
