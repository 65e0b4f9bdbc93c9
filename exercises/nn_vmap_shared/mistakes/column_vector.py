"""One column instead of one axis."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    flat = model.apply(variables, x_batch).reshape(-1)
    return jnp.expand_dims(flat, axis=1)  # expect: not-flattened
