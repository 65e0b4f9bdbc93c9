"""jax.vmap of model.apply: right output, but the function was mapped, not the module."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    model = nn.Dense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch[0])
    forward = jax.vmap(model.apply, in_axes=(None, 0))  # expect: no-nn-vmap
    return forward(variables, x_batch).reshape(-1)
