"""The cell is written with NNX, Flax's other interface."""

from flax import nnx
import jax
import jax.numpy as jnp

class Cell(nnx.Module):
    def __init__(self, din, features, *, rngs):
        self.state = nnx.Linear(din + features, features, rngs=rngs)
        self.output = nnx.Linear(features, features, rngs=rngs)

    def __call__(self, carry, x):
        carry = nnx.tanh(self.state(jnp.concatenate([carry, x])))
        return carry, self.output(carry)

def nn_vmap_cell(seed, carry, x_batch, features):
    cell = Cell(x_batch.shape[1], features, rngs=nnx.Rngs(seed))
    step = nnx.vmap(lambda cell, c, x: cell(c, x), in_axes=(None, 1, 0), out_axes=(1, 0))  # expect: no-nn-vmap
    return step(cell, carry, x_batch)
