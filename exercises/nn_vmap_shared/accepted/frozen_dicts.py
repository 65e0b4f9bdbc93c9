"""Frozen dicts instead of dicts, for knobs and variables."""
import flax.core
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    axes = flax.core.freeze({"params": None})
    BatchDense = nn.vmap(nn.Dense, variable_axes=axes, split_rngs=flax.core.FrozenDict(params=False))
    model = BatchDense(features=features)
    variables = flax.core.freeze(model.init(jax.random.PRNGKey(seed), x_batch))
    return model.apply(variables, x_batch).reshape(-1)
