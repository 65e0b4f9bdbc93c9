"""The wrong axis is written in a helper, not in the entry function."""
import flax.linen as nn
import jax


def make_layer(features):
    lifted = nn.vmap(
        nn.Dense,
        variable_axes={"params": 0},  # expect: per-example-params
        split_rngs={"params": False},
        in_axes=0,
        out_axes=0,
    )
    return lifted(features=features)


def nn_vmap_forward(seed, x_batch, features):
    layer = make_layer(features)
    weights = layer.init(jax.random.PRNGKey(seed), x_batch)
    return layer.apply(weights, x_batch).reshape(-1)
