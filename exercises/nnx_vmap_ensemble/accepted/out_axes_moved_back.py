"""The members come out as axis 1, and are moved back."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None), out_axes=1)
    def forward(member, x):
        return member(x)

    return jnp.moveaxis(forward(make(nnx.Rngs(seed)), x), 1, 0)
