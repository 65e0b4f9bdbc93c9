"""The examples are columns, and mapped as such."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))

    @nnx.vmap(in_axes=(None, -1), axis_size=x_batch.shape[0], axis_name="batch")
    def forward(model, x):
        return model(x)

    return forward(model, x_batch.T).reshape(-1)
