"""The stream is made once, so the second call draws other weights."""

from flax import nnx

STREAMS = {}


def nnx_vmap_shared(seed, x_batch, features):
    rngs = STREAMS.setdefault(seed, nnx.Rngs(seed))  # expect: stateful
    model = nnx.Linear(x_batch.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(None, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
