"""The filter True matches every collection and every stream."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={True: None}, split_rngs={True: False})
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
