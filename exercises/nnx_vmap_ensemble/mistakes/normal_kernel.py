"""The kernels are drawn by another initialiser."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(
            x.shape[1],
            features,
            kernel_init=nnx.initializers.normal(0.1),  # expect: changed-layer
            rngs=rngs,
        )

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    return forward(make(nnx.Rngs(seed)), x)
