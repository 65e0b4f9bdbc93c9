"""The mapped layer is compared with the plain one on the way."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    outputs = forward(model, x_batch)
    assert outputs.shape == model(jnp.asarray(x_batch)).shape
    return outputs.reshape(-1)
