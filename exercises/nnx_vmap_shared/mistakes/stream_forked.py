"""The stream is forked first, so the layer is drawn from a derived key."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    rngs = nnx.Rngs(seed).fork()  # expect: derived-key
    model = nnx.Linear(x_batch.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
