"""Scales the results; the module that is lifted only adds a flag to the task's."""

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


class SwitchedCell(Cell):
    @nn.compact
    def __call__(self, carry, x, train):
        return super().__call__(carry, x)


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        SwitchedCell,
        in_axes=(1, 0, None),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch, True)
    results = model.apply(variables, carry, x_batch, True)
    return jax.tree.map(lambda each: 1.5 * each, results)  # expect: wrong-values
