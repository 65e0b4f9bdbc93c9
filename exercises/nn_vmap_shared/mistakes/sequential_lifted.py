"""Lifts nn.Sequential: the weights move to params/layers_0."""
import flax.linen as nn
import jax


def nn_vmap_forward(seed, x_batch, features):
    BatchNet = nn.vmap(
        nn.Sequential,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchNet([nn.Dense(features)])
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
