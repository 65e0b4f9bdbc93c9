"""Takes whatever comes."""
import flax.linen as nn
import jax


def nn_vmap_forward(*args, **kwargs):
    seed, x_batch, features = args
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features, **kwargs)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
