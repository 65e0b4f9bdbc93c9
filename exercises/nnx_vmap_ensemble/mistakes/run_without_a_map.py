"""The object with all weights is called as if it were one layer."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    return make(nnx.Rngs(seed))(x)  # expect: wrong-axis-in
