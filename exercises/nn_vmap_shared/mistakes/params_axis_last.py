"""The batch axis of the weights comes last."""
from flax import linen as nn
from jax import random


def nn_vmap_forward(seed, x_batch, features):
    Net = nn.vmap(
        nn.Dense,
        in_axes=0,
        out_axes=0,
        variable_axes={
            "params": -1,  # expect: per-example-params
        },
        split_rngs={
            "params": False,
        },
    )
    net = Net(features)
    params = net.init(random.PRNGKey(seed), x_batch)
    return net.apply(params, x_batch).flatten()
