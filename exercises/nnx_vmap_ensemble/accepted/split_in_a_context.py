"""The stream is split in a with statement."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    rngs = nnx.Rngs(params=seed)
    with nnx.split_rngs(rngs, splits=members):
        ensemble = nnx.vmap(lambda rngs: nnx.Linear(x.shape[1], features, rngs=rngs))(rngs)
    return nnx.vmap(lambda member: member(x))(ensemble)
