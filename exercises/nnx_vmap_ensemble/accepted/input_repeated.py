"""Every member gets a copy of the input."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), jnp.stack([x] * members))
