"""init is called on the class: there is no instance."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    variables = BatchDense.init(jax.random.PRNGKey(seed), x_batch)  # expect: raised
    return BatchDense(features).apply(variables, x_batch).reshape(-1)
