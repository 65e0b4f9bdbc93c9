"""The map's arguments are kept in a partial."""

from functools import partial

from flax import nnx

over_examples = partial(nnx.vmap, in_axes=(None, 0), out_axes=0)


@over_examples
def forward(model, x):
    return model(x)


def nnx_vmap_shared(seed, x_batch, features):
    model = nnx.Linear(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return forward(model, x_batch).reshape(-1)
