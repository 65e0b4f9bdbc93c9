"""Each member draws from a stream that nnx.vmap was not given."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    rngs = nnx.Rngs(seed)

    @nnx.vmap(in_axes=0, out_axes=0)
    def make(_):
        return nnx.Linear(x.shape[1], features, rngs=rngs)  # expect: raised

    model = make(jnp.arange(members))
    return nnx.vmap(lambda m, x: m(x), in_axes=(0, None))(model, x)
