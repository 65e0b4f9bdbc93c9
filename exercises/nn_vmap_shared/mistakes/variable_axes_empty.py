"""variable_axes is an empty dict."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    dense = nn.vmap(nn.Dense, in_axes=0, out_axes=0,
                    variable_axes={},  # expect: params-not-lifted
                    split_rngs={'params': False})(features)
    variables = dense.init(jax.random.PRNGKey(seed), x_batch)
    return dense.apply(variables, x_batch).reshape(-1)
