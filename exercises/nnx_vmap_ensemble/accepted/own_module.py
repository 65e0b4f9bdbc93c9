"""A module of its own that makes its members."""

from flax import nnx


class Ensemble(nnx.Module):
    def __init__(self, members, in_dim, features, *, rngs):
        @nnx.split_rngs(splits=members)
        @nnx.vmap
        def make(rngs):
            return nnx.Linear(in_dim, features, rngs=rngs)

        self.members = make(rngs)

    def __call__(self, x):
        return nnx.vmap(lambda member, x: member(x), in_axes=(0, None))(self.members, x)


def nnx_vmap_ensemble(seed, x, members, features):
    return Ensemble(members, x.shape[1], features, rngs=nnx.Rngs(seed))(x)
