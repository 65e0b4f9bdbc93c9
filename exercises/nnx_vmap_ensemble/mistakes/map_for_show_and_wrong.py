"""The members are made in a map, and run by hand with another sign; the map that runs them is idle."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    ensemble = make(nnx.Rngs(seed))

    @nnx.vmap(in_axes=(0, None), out_axes=0)  # expect: missing-transform
    def forward(member, x):
        return member(x)

    forward(ensemble, x)
    bias = ensemble.bias[...][:, None] + 1
    return jnp.einsum("bi,mif->mbf", x, ensemble.kernel[...]) - bias  # expect: wrong-values
