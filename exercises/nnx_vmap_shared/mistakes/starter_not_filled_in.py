"""Only the starter was handed in."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    raise NotImplementedError("make one nnx.Linear, and map it")  # expect: raised
