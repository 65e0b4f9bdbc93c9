"""The seed's own key is split, not the key that its stream gives."""

import jax
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.vmap
    def make(key):
        return nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(key))

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    keys = jax.random.split(jax.random.key(seed), members)  # expect: derived-key
    return forward(make(keys), x)
