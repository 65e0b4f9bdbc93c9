"""The streams are forked into as many as there are members."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    rngs = nnx.Rngs(seed).split(members)

    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None))
    def forward(member, x):
        return member(x)

    return forward(make(rngs), x)
