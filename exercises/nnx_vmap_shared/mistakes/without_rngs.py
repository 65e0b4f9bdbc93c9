"""A layer of NNX draws its weights when it is made, so it needs a stream."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features)  # expect: raised

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
