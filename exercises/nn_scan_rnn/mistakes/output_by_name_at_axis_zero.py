"""Puts the steps first in one of several named results."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


class NamedCell(Cell):
    @nn.compact
    def __call__(self, carry, x, mask):
        carry, y = super().__call__(carry, x)
        return carry, {"output": y, "state": carry, "mask": mask}


def scanned_rnn(seed, x, features):
    RNN = nn.scan(
        NamedCell,
        in_axes=(1, 0),
        out_axes={"output": 0, "state": 0, "mask": 0},  # expect: wrong-axis-out
        variable_broadcast="params",
        split_rngs={"params": False},
    )
    model = RNN(features)
    inputs = jnp.zeros((x.shape[0], features)), x, jnp.ones(x.shape[1])
    variables = model.init(jax.random.PRNGKey(seed), *inputs)
    _, results = model.apply(variables, *inputs)
    return results["output"]
