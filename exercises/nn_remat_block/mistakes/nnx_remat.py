"""The block is written in NNX, whose layers draw their weights otherwise."""

import jax
import jax.numpy as jnp
from flax import nnx


class Block(nnx.Module):
    def __init__(self, width, features, *, rngs):
        self.first = nnx.Linear(width, features, rngs=rngs)  # expect: other-library
        self.second = nnx.Linear(features, 1, rngs=rngs)

    def __call__(self, x):
        return self.second(jnp.tanh(self.first(x)))


def remat_gradient(seed, x, features):
    block = Block(x.shape[1], features, rngs=nnx.Rngs(jax.random.PRNGKey(seed)))
    forward = nnx.remat(lambda block, x: block(x))
    return nnx.to_pure_dict(nnx.grad(lambda block: jnp.mean(forward(block, x) ** 2))(block))
