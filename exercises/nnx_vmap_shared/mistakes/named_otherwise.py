"""The function has another name."""

from flax import nnx


def nnx_vmap(seed, x_batch, features):  # expect: missing-function
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return nnx.vmap(lambda model, x: model(x), in_axes=(None, 0))(model, x_batch).reshape(-1)
