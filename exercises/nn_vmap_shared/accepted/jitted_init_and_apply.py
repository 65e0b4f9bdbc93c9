"""Both init and apply are compiled."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = jax.jit(model.init)(jax.random.PRNGKey(seed), x_batch)
    return jax.jit(model.apply)(variables, x_batch).reshape(-1)
