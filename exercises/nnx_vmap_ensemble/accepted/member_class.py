"""The members are modules around a layer."""

from flax import nnx


class Member(nnx.Module):
    def __init__(self, in_dim, features, rngs):
        self.layer = nnx.Linear(in_dim, features, rngs=rngs)

    def __call__(self, x):
        return self.layer(x)


def nnx_vmap_ensemble(seed, x, members, features):
    make = nnx.vmap(Member, in_axes=(None, None, 0), axis_size=members)
    make = nnx.split_rngs(splits=members)(make)
    ensemble = make(x.shape[1], features, nnx.Rngs(seed))
    return nnx.vmap(Member.__call__, in_axes=(0, None))(ensemble, x)
