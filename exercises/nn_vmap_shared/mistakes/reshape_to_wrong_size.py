"""batch * in_dim instead of batch * features."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    batch, in_dim = x_batch.shape
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    outputs = model.apply(variables, x_batch)
    return outputs.reshape(batch * in_dim)  # expect: raised
