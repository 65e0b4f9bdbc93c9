"""A layer takes a batch by itself, so nothing is mapped."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):  # expect: missing-transform
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return model(x_batch).reshape(-1)
