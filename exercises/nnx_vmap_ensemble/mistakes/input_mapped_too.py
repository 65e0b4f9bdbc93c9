"""in_axes is left out, so the input is mapped, too."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap  # expect: wrong-axis-in
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
