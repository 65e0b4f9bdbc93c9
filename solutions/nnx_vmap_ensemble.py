"""Several linear layers on one input, made and run with nnx.vmap, each with its own weights."""

from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    """Map x (batch, in_dim) to the members' outputs, shape (members, batch, features)."""

    # Each member is made by its own call of the function. split_rngs gives every stream an
    # axis of `members` keys, and nnx.vmap passes one of them to each call. Without the
    # split, all members would be drawn from one key: equal weights in every one of them.
    @nnx.split_rngs(splits=members)
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    # One object, whose weights have an axis for the members: kernel
    # (members, in_dim, features) and bias (members, features).
    ensemble = make(nnx.Rngs(seed))

    # The members' axis of the weights is mapped, and no axis of x: every member gets it whole.
    @nnx.vmap(in_axes=(0, None), out_axes=0)
    def forward(member, x):
        return member(x)

    return forward(ensemble, x)  # (members, batch, features)
