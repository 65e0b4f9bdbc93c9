"""A key for each example, of which the first is used."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    keys = jax.random.split(jax.random.PRNGKey(seed), x_batch.shape[0])  # expect: derived-key
    variables = model.init(keys[0], x_batch)
    return model.apply(variables, x_batch).reshape(-1)
