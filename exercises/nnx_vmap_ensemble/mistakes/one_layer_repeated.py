"""One layer for all members: every member has the same weights."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    model = nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(seed))  # expect: shared-params

    @nnx.vmap(in_axes=(None, None), out_axes=0, axis_size=members)
    def forward(model, x):
        return model(x)

    return forward(model, x)
