"""One key for the whole file."""
import flax.linen as nn
import jax

KEY = jax.random.PRNGKey(42)  # expect: ignored-seed


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(KEY, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
