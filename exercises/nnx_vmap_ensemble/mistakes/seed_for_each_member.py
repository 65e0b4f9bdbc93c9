"""Each member makes its stream from a number that the map traces."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(s):
        return nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(s))  # expect: raised

    model = make(seed + jnp.arange(members))
    return nnx.vmap(lambda m, x: m(x), in_axes=(0, None))(model, x)
