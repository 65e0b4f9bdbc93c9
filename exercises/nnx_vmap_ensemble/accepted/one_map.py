"""The members are made where they run."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(rngs, x):
        return nnx.Linear(x.shape[1], features, rngs=rngs)(x)

    return forward(nnx.Rngs(seed), x)
