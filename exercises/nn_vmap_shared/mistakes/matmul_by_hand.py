"""The weights come from nn.Dense, the product is written out."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    layer = nn.Dense(features)  # expect: no-nn-vmap
    params = layer.init(jax.random.PRNGKey(seed), x_batch)["params"]
    out = x_batch @ params["kernel"] + params["bias"]
    return out.reshape(-1)
