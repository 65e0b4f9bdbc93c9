"""Inside each member, the examples are mapped as well."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None))
    @nnx.vmap(in_axes=(None, 0))
    def forward(member, row):
        return member(row)

    return forward(make(nnx.Rngs(seed)), x)
