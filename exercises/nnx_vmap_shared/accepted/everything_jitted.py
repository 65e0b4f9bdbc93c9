"""All of it is compiled at once."""

from functools import partial

import jax
from flax import nnx


@partial(jax.jit, static_argnums=2)
def run(key, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(key))

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)


def nnx_vmap_shared(seed, x_batch, features):
    return run(jax.random.key(seed), x_batch, features)
