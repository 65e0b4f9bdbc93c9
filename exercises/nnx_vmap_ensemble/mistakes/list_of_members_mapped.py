"""The members are a list, which the map takes for one object."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    ensemble = [nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(seed)) for _ in range(members)]

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)  # expect: raised

    return forward(ensemble, x)
