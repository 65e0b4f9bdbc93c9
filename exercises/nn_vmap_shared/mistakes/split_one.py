"""1 is as good as True."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    lifted = nn.vmap(nn.Dense,
                     in_axes=0,
                     variable_axes={'params': None},
                     split_rngs={'params': 1})  # expect: split-params-rng
    m = lifted(features)
    p = m.init(jax.random.PRNGKey(seed), x_batch)
    return m.apply(p, x_batch).reshape(-1)
