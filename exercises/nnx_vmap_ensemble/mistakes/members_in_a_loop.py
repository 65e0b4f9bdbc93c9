"""nnx.vmap makes the members, and a loop in Python runs them."""

import jax
import jax.numpy as jnp
from flax import nnx


def nnx_vmap_ensemble(seed, x, members, features):
    @nnx.split_rngs(splits=members)
    @nnx.vmap
    def make(rngs):
        return nnx.Linear(x.shape[1], features, rngs=rngs)

    graph, state = nnx.split(make(nnx.Rngs(seed)))
    outputs = []
    for i in range(members):
        member = nnx.merge(graph, jax.tree.map(lambda array: array[i], state))
        outputs.append(member(x))  # expect: missing-transform
    return jnp.stack(outputs)
