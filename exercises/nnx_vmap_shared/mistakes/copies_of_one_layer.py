"""The weights are repeated for every example: the numbers are right until the first update."""

import jax
import jax.numpy as jnp
from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    batch, in_dim = x_batch.shape
    model = nnx.Linear(in_dim, features, rngs=nnx.Rngs(seed))
    state = nnx.state(model)
    nnx.update(model, jax.tree.map(lambda w: jnp.stack([w] * batch), state))

    @nnx.vmap(in_axes=(0, 0))  # expect: per-example-params
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
