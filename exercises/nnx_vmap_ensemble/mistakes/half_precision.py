"""The members compute with fewer digits, and return them."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        half = jnp.bfloat16
        return nnx.Linear(x.shape[1], features, dtype=half, rngs=rngs)  # expect: changed-layer

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
