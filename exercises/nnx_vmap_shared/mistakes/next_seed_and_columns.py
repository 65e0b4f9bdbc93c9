"""Draws from the next seed; the examples are columns, of the input and of the output."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    layer = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed + 1))  # expect: derived-key
    forward = nnx.vmap(lambda x, model: model(x), in_axes=(1, None), out_axes=1)
    return forward(x_batch.T, layer).T.reshape(-1)
