"""A constant typed key, inside a dict of streams."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init({"params": jax.random.key(1234)}, x_batch)  # expect: ignored-seed
    return model.apply(variables, x_batch).reshape(-1)
