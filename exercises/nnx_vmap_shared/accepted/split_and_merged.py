"""The model is taken apart, and put together for each example."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    graph, state = nnx.split(model)

    def forward(state, x):
        return nnx.merge(graph, state)(x)

    return nnx.vmap(forward, in_axes=(None, 0))(state, x_batch).reshape(-1)
