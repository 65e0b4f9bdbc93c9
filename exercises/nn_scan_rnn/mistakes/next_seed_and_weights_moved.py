"""Draws a plain cell from the next seed, and moves its weights into a module with the loop."""

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


class Loop(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        cell = Cell(self.features, name="cell")
        scan = nn.scan(
            lambda cell, carry, x: cell(carry, x),
            in_axes=1,
            out_axes=1,
            variable_broadcast="params",
            split_rngs={"params": False},
        )
        return scan(cell, jnp.zeros((len(x), self.features)), x)[1]


def scanned_rnn(seed, x, features):
    key = jax.random.PRNGKey(seed + 1)  # expect: derived-key
    weights = Cell(features).init(key, jnp.zeros((1, features)), x[:1, 0])["params"]
    return Loop(features).apply({"params": {"cell": weights}}, x)
