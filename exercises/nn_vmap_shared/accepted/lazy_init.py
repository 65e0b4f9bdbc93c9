"""lazy_init needs shapes only."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    like = jax.ShapeDtypeStruct(x_batch.shape, x_batch.dtype)
    variables = model.lazy_init(jax.random.PRNGKey(seed), like)
    return model.apply(variables, x_batch).reshape(-1)
