"""An ensemble stands at the top, from an earlier attempt, and never runs."""
import flax.linen as nn
import jax

Ensemble = nn.vmap(nn.Dense, variable_axes={"params": 0}, split_rngs={"params": True})
Shared = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})


def first_attempt(seed, x_batch, features):
    model = Ensemble(features)
    return model.init_with_output(jax.random.PRNGKey(seed), x_batch)[0]


def nn_vmap_forward(seed, x_batch, features):
    model = Shared(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
