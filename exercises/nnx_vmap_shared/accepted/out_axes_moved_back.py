"""The examples come out as axis 1, and are moved back."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0), out_axes=1)
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).T.reshape(-1)
