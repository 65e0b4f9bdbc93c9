"""PRNGKey(0) and ones serve eval_shape only."""
import flax.linen as nn
import jax
import jax.numpy as jnp


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchDense(features)
    shapes = jax.eval_shape(model.init, jax.random.PRNGKey(0), jnp.ones_like(x_batch))
    assert shapes["params"]["kernel"].shape == (x_batch.shape[1], features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
