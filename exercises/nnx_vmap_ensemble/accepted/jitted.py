"""Making and running are compiled."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.jit
    @nnx.split_rngs(splits=members)
    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.jit
    @nnx.vmap(in_axes=(0, None))
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
