"""Keeps the carry in a dict, whose axis is that of the features; out_axes is right."""

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


class DictCell(Cell):
    @nn.compact
    def __call__(self, state, x):
        carry, y = super().__call__(state["carry"], x)
        return {"carry": carry}, y


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        DictCell,
        in_axes=({"carry": 0}, 0),  # expect: wrong-in-axes
        out_axes=({"carry": 1}, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(seed), {"carry": carry}, x_batch)
    state, y = model.apply(variables, {"carry": carry}, x_batch)
    return state["carry"], y
