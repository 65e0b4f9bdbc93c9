"""init wants a key, not the seed."""
import flax.linen as nn


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(seed, x_batch)  # expect: raised
    return model.apply(variables, x_batch).reshape(-1)
