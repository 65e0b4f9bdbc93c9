"""The batch axis of the weights, given by position."""
from flax import linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    Lifted = nn.vmap(nn.Dense, {"params": 0}, {"params": False}, 0, 0)  # expect: per-example-params
    m = Lifted(features)
    v = m.init(jax.random.PRNGKey(seed), x_batch)
    return m.apply(v, x_batch).ravel()
