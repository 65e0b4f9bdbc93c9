"""init_with_output does both steps in one."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    y, _ = BatchDense(features).init_with_output(jax.random.PRNGKey(seed), x_batch)
    return y.reshape(y.size)
