"""Only the stream of the parameters is split."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members, only="params")
    @nnx.vmap(in_axes=(nnx.StateAxes({"params": 0, ...: None}),))
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None))
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(params=seed, dropout=0)), x)
