"""Another layer takes keys from the stream after the task's, and isn't used."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    rngs = nnx.Rngs(seed)
    model = nnx.Linear(x_batch.shape[1], features, rngs=rngs)
    nnx.Linear(features, 2, rngs=rngs)

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
