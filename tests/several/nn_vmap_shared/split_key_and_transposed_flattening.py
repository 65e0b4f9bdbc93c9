import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    key, init_key = jax.random.split(jax.random.PRNGKey(seed))  # expect: derived-key
    variables = model.init(init_key, x_batch)
    y = model.apply(variables, x_batch)
    return y.T.reshape(-1)  # expect: wrong-order
