"""A module of its own around the layer."""

from flax import nnx


class Network(nnx.Module):
    def __init__(self, in_dim, features, *, rngs):
        self.linear = nnx.Linear(in_dim, features, rngs=rngs)

    def __call__(self, x):
        return self.linear(x)


@nnx.vmap(in_axes=(None, 0))
def forward(network, x):
    return network(x)


def nnx_vmap_shared(seed, x_batch, features):
    network = Network(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    return forward(network, x_batch).reshape(-1)
