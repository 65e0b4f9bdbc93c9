"""The function uses the model from outside, so nothing of it is mapped."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return nnx.vmap(lambda x: model(x))(x_batch).ravel()
