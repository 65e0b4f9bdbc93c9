"""The weights get a batch axis, but in the middle."""
import jax
from flax import linen as nn


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(nn.Dense,
                         variable_axes={'params': 1},  # expect: per-example-params
                         split_rngs={'params': False})
    layer = BatchDense(features)
    params = layer.init(jax.random.PRNGKey(seed), x_batch)
    out = layer.apply(params, x_batch)
    return out.flatten()
