"""Remembers weights by everything that they depend on."""
import flax.linen as nn
import jax

BatchDense = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
_weights = {}


def nn_vmap_forward(seed, x_batch, features):
    model = BatchDense(features)
    known = (seed, x_batch.shape[1], features)
    if known not in _weights:
        _weights[known] = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(_weights[known], x_batch).reshape(-1)
