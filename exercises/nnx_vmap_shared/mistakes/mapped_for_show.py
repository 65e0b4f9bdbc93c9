"""The map runs, but the answer comes from the layer alone."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, 0))  # expect: missing-transform
    def forward(model, x):
        return model(x)

    forward(model, x_batch)
    return model(x_batch).reshape(-1)
