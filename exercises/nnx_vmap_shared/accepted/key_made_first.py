"""The stream is made from the seed's key."""

import jax
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    rngs = nnx.Rngs(jax.random.key(seed))
    model = nnx.Linear(x_batch.shape[1], features, rngs=rngs)
    forward = nnx.vmap(lambda model, x: model(x), in_axes=(None, 0), out_axes=0)
    return forward(model, x_batch).reshape(-1)
