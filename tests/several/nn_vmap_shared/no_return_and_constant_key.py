import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):  # expect: not-an-array
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(0), x_batch)  # expect: ignored-seed
    y = model.apply(variables, x_batch).reshape(-1)
