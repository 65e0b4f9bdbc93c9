"""nn.vmap gets an instance instead of the class."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.vmap(nn.Dense(features), variable_axes={"params": None}, split_rngs={"params": False})  # expect: raised
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
