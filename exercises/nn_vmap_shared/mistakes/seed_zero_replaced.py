"""seed or 42: seed 0 counts as no seed at all."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key = jax.random.PRNGKey(seed or 42)  # expect: derived-key
    variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
