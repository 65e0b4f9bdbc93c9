"""The name is vmap, but it is the one of jax."""
from flax import linen as nn
from jax import random, vmap


def nn_vmap_forward(seed, x_batch, features):
    dense = nn.Dense(features)
    variables = dense.init(random.PRNGKey(seed), x_batch)
    outputs = vmap(lambda x: dense.apply(variables, x), in_axes=0, out_axes=0)(x_batch)  # expect: no-nn-vmap
    return outputs.reshape(-1)
