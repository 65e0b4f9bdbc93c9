"""The weights depend on in_dim, not on the values or the batch size."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    dummy = jnp.zeros((1, x_batch.shape[-1]))
    variables = model.init(jax.random.PRNGKey(seed), dummy)
    return model.apply(variables, x_batch).reshape(-1)
