"""A module-level dict of models looks like state, and changes no result."""
import flax.linen as nn
import jax

_models = {}


def nn_vmap_forward(seed, x_batch, features):
    if features not in _models:
        BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
        _models[features] = BatchDense(features)
    model = _models[features]
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
