"""Makes the layer in a map, over a stream with one key."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    @nnx.vmap(in_axes=0)
    def make(rngs):
        return nnx.Linear(x_batch.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, 0))
    def forward(model, x):
        return model(x)

    return forward(make(nnx.Rngs(seed)), x_batch).reshape(-1)  # expect: raised
