"""The weights that were drawn are thrown away for ones."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    variables = jax.tree.map(jnp.ones_like, variables)
    return model.apply(variables, x_batch).reshape(-1)  # expect: wrong-values
