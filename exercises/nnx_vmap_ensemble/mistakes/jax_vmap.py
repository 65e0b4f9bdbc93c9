"""The members are run with jax.vmap, and made by a loop of splits."""

import jax
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    def make(key):
        return nnx.state(nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(key)))

    keys = jax.random.split(nnx.Rngs(seed)(), members)
    graph = nnx.graphdef(nnx.Linear(x.shape[1], features, rngs=nnx.Rngs(0)))
    states = jax.vmap(make)(keys)  # expect: missing-transform
    return jax.vmap(lambda state: nnx.merge(graph, state)(x))(states)
