"""Lifts a module of its own that takes the input first, with the axes of the task's order."""

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


class InputFirst(Cell):
    @nn.compact
    def __call__(self, x, carry):
        return super().__call__(carry, x)


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        InputFirst,
        in_axes=(1, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch, carry)  # expect: raised
    return model.apply(variables, x_batch, carry)
