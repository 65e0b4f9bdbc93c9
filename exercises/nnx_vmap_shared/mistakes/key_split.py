"""The key is split before it becomes a stream, as one would for Linen."""

import jax
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    _, key = jax.random.split(jax.random.key(seed))  # expect: derived-key
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(key))

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
