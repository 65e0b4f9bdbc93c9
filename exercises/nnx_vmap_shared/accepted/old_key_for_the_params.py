"""A key of plain numbers, for the stream of the parameters."""

import jax
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    rngs = nnx.Rngs(params=jax.random.PRNGKey(seed), dropout=1)
    model = nnx.Linear(x_batch.shape[-1], features, rngs=rngs)
    forward = nnx.vmap(lambda model, x: model(x), in_axes=(None, 0))
    return forward(model, x_batch).flatten()
