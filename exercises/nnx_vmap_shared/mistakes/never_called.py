"""What nnx.vmap returns is never called."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    nnx.vmap(lambda model, x: model(x), in_axes=(None, 0))  # expect: missing-transform
    return model(x_batch).reshape(-1)
