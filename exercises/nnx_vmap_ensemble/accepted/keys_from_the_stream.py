"""The stream gives a key, which is split by hand: the same keys."""

import jax
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    keys = jax.random.split(nnx.Rngs(seed).params(), members)

    @nnx.vmap
    def make(key):
        return nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(key))

    @nnx.vmap(in_axes=(0, None))
    def forward(member, x):
        return member(x)

    return forward(make(keys), x)
