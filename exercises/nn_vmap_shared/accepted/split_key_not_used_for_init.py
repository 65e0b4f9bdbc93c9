"""Splits the key for later, and initialises with the key itself."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jax.random.PRNGKey(seed)
    dropout_key, noise_key = jax.random.split(key)
    variables = model.init({"params": key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"noise": noise_key}).reshape(-1)
