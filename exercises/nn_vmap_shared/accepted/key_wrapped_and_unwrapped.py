"""From the typed key to its data and back."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    data = jax.random.key_data(jax.random.key(seed))
    key = jax.random.clone(jax.random.wrap_key_data(data))
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
