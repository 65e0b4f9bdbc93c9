"""The weights come from the plain layer on one example; the lifted one applies them."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    variables = nn.Dense(features).init(jax.random.PRNGKey(seed), x_batch[0])
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    return BatchDense(features).apply(variables, x_batch).reshape(-1)
