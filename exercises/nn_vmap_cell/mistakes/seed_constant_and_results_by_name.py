"""Draws from a constant key; its dicts of arguments and results are right."""

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
    def __call__(self, parts):
        carry, y = super().__call__(parts["state"], parts["input"])
        return {"state": carry, "output": y}


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        DictCell,
        in_axes=({"state": 1, "input": 0},),
        out_axes={"output": 0, "state": 1},
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    parts = {"state": carry, "input": x_batch}
    variables = model.init(jax.random.PRNGKey(0), parts)  # expect: ignored-seed
    results = model.apply(variables, parts)
    return results["state"], results["output"]
