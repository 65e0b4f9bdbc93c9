"""vmap is in flax.linen."""
import jax
from flax import vmap  # expect: import-failed
from flax import linen as nn


def nn_vmap_forward(seed, x_batch, features):
    model = vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
