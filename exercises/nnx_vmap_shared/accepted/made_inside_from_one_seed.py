"""Every call makes the layer from the same seed: nothing in it is mapped, so there is one."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    @nnx.vmap
    def forward(x):
        return nnx.Linear(x.shape[0], features, rngs=nnx.Rngs(seed))(x)

    return forward(x_batch).reshape(-1)
