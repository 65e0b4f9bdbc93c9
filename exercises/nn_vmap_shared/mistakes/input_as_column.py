"""Makes a column of all the numbers before the layer, so that each of them is an example."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    column = x_batch.reshape(-1, 1)
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), column)
    return model.apply(variables, column).reshape(-1)  # expect: wrong-shape
