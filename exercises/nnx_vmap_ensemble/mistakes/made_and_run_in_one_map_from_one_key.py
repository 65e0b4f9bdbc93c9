"""Members are made where they run, all from the stream outside, which has one key."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.vmap(in_axes=(0, None), out_axes=0)  # expect: shared-params
    def forward(_, x):
        return nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(seed))(x)

    return forward(jnp.arange(members), x)
