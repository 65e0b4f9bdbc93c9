"""Maps the wrong axis of the input, beside a mask that is None."""

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


class Masked(Cell):
    @nn.compact
    def __call__(self, carry, x, mask):
        carry, y = super().__call__(carry, x)
        return carry if mask is None else carry * mask, y


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Masked,
        in_axes=(1, 1, None),  # expect: wrong-in-axes
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch, None)
    return model.apply(variables, carry, x_batch, None)
