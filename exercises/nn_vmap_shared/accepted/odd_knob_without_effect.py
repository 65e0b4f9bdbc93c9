"""split_rngs says True, but this class only ever runs apply, which draws nothing."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    key = jax.random.PRNGKey(seed)
    variables = nn.Dense(features).init(key, x_batch[:1])
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": True})
    return BatchDense(features).apply(variables, x_batch).reshape(-1)
