"""ravel_pytree flattens arrays too."""
import flax.linen as nn
import jax
from jax.flatten_util import ravel_pytree


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    flat, _ = ravel_pytree(model.apply(variables, x_batch))
    return flat
