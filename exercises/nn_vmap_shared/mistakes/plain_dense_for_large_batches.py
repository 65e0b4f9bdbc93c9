"""nn.vmap for small batches only."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    if x_batch.shape[0] <= 2:
        BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
        model = BatchDense(features)
    else:
        model = nn.Dense(features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
