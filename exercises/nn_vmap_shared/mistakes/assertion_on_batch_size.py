"""Refuses a batch of one."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    assert x_batch.shape[0] > 1, "a batch has more than one example"  # expect: raised
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
