"""StateAxes says for each kind of variable that it's shared."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    axes = nnx.StateAxes({nnx.Param: None, ...: None})

    @nnx.vmap(in_axes=(axes, 0))
    def forward(model, x):
        return model(x)

    return forward(model, x_batch).reshape(-1)
