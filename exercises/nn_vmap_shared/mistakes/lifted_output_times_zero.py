import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    layer = nn.Dense(features)
    variables = layer.init(jax.random.PRNGKey(seed), x_batch)
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    lifted = BatchDense(features).apply(variables, x_batch)  # expect: no-nn-vmap
    return (layer.apply(variables, x_batch) + 0 * lifted).reshape(-1)
