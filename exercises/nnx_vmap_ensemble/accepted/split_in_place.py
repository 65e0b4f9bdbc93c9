"""The stream is split by a call, not by a decorator."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    rngs = nnx.Rngs(seed)
    nnx.split_rngs(rngs, splits=members)
    make = nnx.vmap(lambda rngs: nnx.Linear(x.shape[1], features, rngs=rngs))
    return nnx.vmap(lambda member, x: member(x), in_axes=(0, None))(make(rngs), x)
