"""Every member makes its own stream, from the same seed."""

import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.vmap  # expect: unsplit-params-rng
    def make(_):
        return nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    return forward(make(jnp.arange(members)), x)
