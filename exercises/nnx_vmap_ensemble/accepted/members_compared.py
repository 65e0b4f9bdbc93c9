"""The members are compared before they answer."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None))
    def forward(member, x):
        return member(x)

    ensemble = make(nnx.Rngs(seed))
    spread = jnp.std(ensemble.kernel[...], axis=0)
    assert spread.shape == (x.shape[1], features)
    return forward(ensemble, x)
