"""vmap taken from the module where Flax defines it."""
import flax.linen as nn
import jax
from flax.linen.transforms import vmap as lift_over_batch


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = lift_over_batch(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
