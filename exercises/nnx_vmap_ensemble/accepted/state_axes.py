"""StateAxes gives the parameters an axis."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    axes = nnx.StateAxes({nnx.Param: 0, ...: None})

    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=axes)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(axes, None), out_axes=0)
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
