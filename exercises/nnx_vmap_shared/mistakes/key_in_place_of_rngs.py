"""A key is passed where a layer wants a stream."""

import jax
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=jax.random.key(seed))  # expect: raised

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
