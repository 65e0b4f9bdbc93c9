"""All members are made from one key: arrays of the right shape, all slices alike."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.vmap(in_axes=None, out_axes=0, axis_size=members)  # expect: unsplit-params-rng
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
