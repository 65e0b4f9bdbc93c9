"""Maps the wrong axis of the carry, which comes after another array."""

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


class Placed(Cell):
    @nn.compact
    def __call__(self, place, carry, x):
        return super().__call__(carry, x)


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Placed,
        in_axes=(0, 0, 0),  # expect: wrong-in-axes
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    places = jnp.arange(len(x_batch))
    variables = model.init(jax.random.PRNGKey(seed), places, carry, x_batch)
    return model.apply(variables, places, carry, x_batch)
