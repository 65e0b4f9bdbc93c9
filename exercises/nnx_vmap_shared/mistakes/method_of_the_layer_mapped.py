"""The layer's own method is mapped, which has another argument with a default."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    forward = nnx.vmap(nnx.Linear.__call__, in_axes=(None, 0))
    return forward(model, x_batch).reshape(-1)  # expect: raised
