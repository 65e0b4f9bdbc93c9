"""The layer is the only one of a Sequential, and that is mapped."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    net = nnx.Sequential(nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed)))
    return nnx.vmap(lambda n, x: n(x), in_axes=(None, 0))(net, x_batch).reshape(-1)
