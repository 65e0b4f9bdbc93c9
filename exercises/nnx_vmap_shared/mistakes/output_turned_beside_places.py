"""Puts the examples last in the output, which is one of two results."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    layer = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0, None, 0), out_axes=(0, 1))  # expect: wrong-axis-out
    def forward(train, place, model, x):
        return place, model(x)

    _, outputs = forward(True, jnp.arange(len(x_batch)), layer, x_batch)
    return outputs.reshape(-1)
