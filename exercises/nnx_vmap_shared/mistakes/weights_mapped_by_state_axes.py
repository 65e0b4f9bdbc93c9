"""StateAxes maps the weights, which have no axis for the examples."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    axes = nnx.StateAxes({nnx.Param: 0, ...: None})

    @nnx.vmap(in_axes=(axes, 0))  # expect: wrong-axis-in
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
