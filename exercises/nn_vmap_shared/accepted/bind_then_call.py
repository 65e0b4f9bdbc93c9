"""A bound module is called like a function."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    layer = model.bind(model.init(jax.random.PRNGKey(seed), x_batch))
    return layer(x_batch).reshape(-1)
