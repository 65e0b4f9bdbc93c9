"""The layer's sizes are in the order of Linen's, with the features first."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(features, x_batch.shape[1], rngs=nnx.Rngs(seed))  # expect: ignored-features

    @nnx.vmap(in_axes=(None, 0), out_axes=0)
    def forward(model, x):
        return model(x)  # expect: raised

    return forward(model, x_batch).reshape(-1)
