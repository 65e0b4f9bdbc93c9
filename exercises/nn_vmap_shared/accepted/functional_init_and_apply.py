"""nn.init and nn.apply turn a lifted function into functions of the variables."""
import flax.linen as nn
import jax


def one_example(layer, x):
    return layer(x)


batched = nn.vmap(one_example, variable_axes={"params": None}, split_rngs={"params": False})


def nn_vmap_forward(seed, x_batch, features):
    layer = nn.Dense(features)
    variables = nn.init(batched, layer)(jax.random.PRNGKey(seed), x_batch)
    return nn.apply(batched, layer)(variables, x_batch).reshape(-1)
