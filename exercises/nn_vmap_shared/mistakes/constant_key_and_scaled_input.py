"""Two mistakes: a constant key, which is right where the seed is 0, and another input."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    x = x_batch / 255
    variables = model.init(jax.random.PRNGKey(0), x)  # expect: ignored-seed
    return model.apply(variables, x).reshape(-1)  # expect: wrong-values
