"""Draws from the next seed; carry and input come in one array."""

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


class Joined(Cell):
    @nn.compact
    def __call__(self, both):
        return super().__call__(both[: self.features], both[self.features :])


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Joined,
        in_axes=0,
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    both = jnp.concatenate([carry.T, x_batch], axis=1)
    variables = model.init(jax.random.PRNGKey(seed + 1), both)  # expect: derived-key
    return model.apply(variables, both)
