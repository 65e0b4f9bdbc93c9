"""Normalises the batch first."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    x = (x_batch - x_batch.mean(axis=0)) / (x_batch.std(axis=0) + 1e-6)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x).reshape(-1)  # expect: wrong-values
