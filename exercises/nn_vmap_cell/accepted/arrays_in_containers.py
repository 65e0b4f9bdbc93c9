"""Passes lists and dicts of arrays; one entry of in_axes is for all arrays of an argument."""

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


class Packed(Cell):
    @nn.compact
    def __call__(self, parts, more):
        carry, y = super().__call__(*parts)
        return carry, (y, more["place"])


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Packed,
        in_axes=([1, 0], 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    inputs = [carry, x_batch], {"place": jnp.arange(len(x_batch)), "copy": x_batch}
    variables = model.init(jax.random.PRNGKey(seed), *inputs)
    carry, (y, _) = model.apply(variables, *inputs)
    return carry, y
