"""jax.lax.map runs the plain layer row by row."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    dense = nn.Dense(features)  # expect: no-nn-vmap
    variables = dense.init(jax.random.PRNGKey(seed), x_batch[0])
    out = jax.lax.map(lambda x: dense.apply(variables, x), x_batch)
    return out.reshape(-1)
