"""The mapped function is compiled."""

from flax import nnx


@nnx.jit
@nnx.vmap(in_axes=(None, 0))
def forward(model, x):
    return model(x)


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return forward(model, x_batch).reshape(-1)
