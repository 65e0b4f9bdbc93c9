"""A plain layer waits in an except clause."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    key = jax.random.PRNGKey(seed)
    try:
        model = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})(features)
        variables = model.init(key, x_batch)
    except Exception:
        model = nn.Dense(features)
        variables = model.init(key, x_batch)
    return model.apply(variables, x_batch).reshape(-1)
