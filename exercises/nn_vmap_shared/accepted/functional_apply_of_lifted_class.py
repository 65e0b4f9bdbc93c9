"""nn.apply with a function that calls the lifted model."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    forward = nn.apply(lambda m, x: m(x).reshape(-1), model)
    variables = nn.init(lambda m, x: m(x), model)(jax.random.PRNGKey(seed), x_batch)
    return forward(variables, x_batch)
