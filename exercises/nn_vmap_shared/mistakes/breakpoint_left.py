"""A breakpoint is left where the model was being looked at."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    breakpoint()  # expect: raised
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
