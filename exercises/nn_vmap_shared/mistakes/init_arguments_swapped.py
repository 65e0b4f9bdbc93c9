"""The input comes before the key."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jax.random.PRNGKey(seed)
    variables = model.init(x_batch, key)  # expect: raised
    return model.apply(variables, x_batch).reshape(-1)
