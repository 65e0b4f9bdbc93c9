"""All arguments of nn.vmap by position."""
from flax import linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    lifted = nn.vmap(nn.Dense, {"params": None}, {"params": False}, 0, 0)
    m = lifted(features)
    return m.apply(m.init(jax.random.PRNGKey(seed), x_batch), x_batch).flatten()
