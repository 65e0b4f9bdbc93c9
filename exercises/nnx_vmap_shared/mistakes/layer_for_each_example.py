"""A layer is made for every example, from its own key."""

from flax import nnx


def nnx_vmap_shared(seed, x_batch, features):
    @nnx.split_rngs(splits=x_batch.shape[0])  # expect: split-params-rng
    @nnx.vmap  # expect: per-example-params
    def make(rngs):
        return nnx.Linear(x_batch.shape[1], features, rngs=rngs)

    @nnx.vmap(in_axes=(0, 0))
    def forward(model, x):
        return model(x)

    return forward(make(nnx.Rngs(seed)), x_batch).reshape(-1)
