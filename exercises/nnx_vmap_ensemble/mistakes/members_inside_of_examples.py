"""The map over the members is in one over the examples, which was not given the object."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    model = make(nnx.Rngs(seed))

    def row(x):
        return nnx.vmap(lambda m, x: m(x), in_axes=(0, None))(model, x)  # expect: raised

    return nnx.vmap(row, out_axes=1)(x)
