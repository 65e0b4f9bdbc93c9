"""The key is passed under the name of its stream."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    rngs = {"params": jax.random.PRNGKey(seed)}
    variables = model.init(rngs, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
