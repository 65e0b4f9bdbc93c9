"""The plain transform, with the arguments of the lifted one."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = jax.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})  # expect: raised
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
