"""The stream is forked before it is split, so the members are drawn from derived keys."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    rngs = nnx.Rngs(seed).fork()  # expect: derived-key
    return forward(make(rngs), x)
