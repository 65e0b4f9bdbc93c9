"""The file raises while it is imported."""
import flax.linen as nn
import jax

BatchDense = nn.vmap(nn.Danse, variable_axes={"params": None}, split_rngs={"params": False})  # expect: import-failed


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
