"""nnx.LinearGeneral with one axis is the same layer, drawn in the same way."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.LinearGeneral(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
