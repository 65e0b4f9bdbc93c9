"""The layer and the transform are those of NNX."""

import jax
from flax import nnx


def nn_vmap_forward(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    y = nnx.vmap(lambda m, x: m(x), in_axes=(None, 0), out_axes=0)(model, x_batch)  # expect: no-nn-vmap
    return y.reshape(-1)
