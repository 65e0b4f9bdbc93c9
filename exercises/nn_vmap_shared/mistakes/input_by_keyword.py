"""The input goes in by keyword, where nn.vmap maps over positional arguments only."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, in_axes=0, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), inputs=x_batch)  # expect: raised
    return model.apply(variables, inputs=x_batch).reshape(-1)
