"""The axes of the first exercise: the examples are mapped, and the members aren't."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(None, 0), out_axes=0)  # expect: wrong-axis-in
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
