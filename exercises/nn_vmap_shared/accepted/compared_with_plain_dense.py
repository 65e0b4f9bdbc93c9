"""A plain layer runs beside the lifted one, only to compare shapes."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    key = jax.random.PRNGKey(seed)
    plain = nn.Dense(features)
    plain_out = plain.apply(plain.init(key, x_batch), x_batch)

    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(key, x_batch)
    outputs = model.apply(variables, x_batch)
    assert outputs.shape == plain_out.shape
    return outputs.reshape(-1)
