"""A layer that isn't used takes the stream's first keys."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    rngs = nnx.Rngs(seed)
    nnx.Linear(features, features, rngs=rngs)  # expect: derived-key
    model = nnx.Linear(x_batch.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
