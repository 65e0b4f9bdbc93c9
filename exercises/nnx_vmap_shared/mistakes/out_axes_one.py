"""The examples are axis 1 of the result, so flattening it mixes them."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0), out_axes=1)  # expect: wrong-axis-out
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
