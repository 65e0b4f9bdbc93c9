"""The seed takes a walk through jnp and back."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    seed = jnp.asarray(seed)
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), jnp.asarray(x_batch, dtype=jnp.float32))
    return model.apply(variables, x_batch).reshape(-1)
