"""The seed is set to a constant first."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    seed = 0
    key = jax.random.PRNGKey(seed)  # expect: ignored-seed
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
