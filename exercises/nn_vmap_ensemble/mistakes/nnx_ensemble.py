"""The ensemble is made with NNX, which splits its own keys."""

from flax import nnx


def nn_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)  # expect: no-nn-vmap
    def create(rngs):
        return nnx.Linear(x.shape[-1], features, rngs=rngs)

    model = create(nnx.Rngs(seed))

    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(model, x):
        return model(x)

    return forward(model, x)
