"""The carry is transposed there and back, as in_axes and out_axes need it; the key is constant."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    m = nn.vmap(Cell, in_axes=0, out_axes=0, variable_axes={"params": None}, split_rngs={"params": False})(features)
    carry = carry.T
    v = m.init(jax.random.PRNGKey(0), carry, x_batch)  # expect: ignored-seed
    c, y = m.apply(v, carry, x_batch)
    return c.T, y
