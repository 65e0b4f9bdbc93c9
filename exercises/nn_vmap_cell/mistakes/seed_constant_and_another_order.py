"""Draws from a constant key; its arguments and results come in another order, each with its axis."""

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


class TurnedCell(Cell):
    @nn.compact
    def __call__(self, x, carry):
        carry, y = super().__call__(carry, x)
        return y, carry


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        TurnedCell,
        in_axes=(0, 1),
        out_axes=(0, 1),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(0), x_batch, carry)  # expect: ignored-seed
    y, carry = model.apply(variables, x_batch, carry)
    return carry, y
