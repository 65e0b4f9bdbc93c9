"""The layers are made in setup, and are called after its attributes."""

import flax.linen as nn
import jax
import jax.numpy as jnp

class Cell(nn.Module):
    features: int

    def setup(self):
        self.hidden = nn.Dense(self.features)
        self.readout = nn.Dense(self.features)

    def __call__(self, carry, x):
        carry = nn.tanh(self.hidden(jnp.concatenate([carry, x])))
        return carry, self.readout(carry)

def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Cell,  # expect: wrong-module
        in_axes=(1, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features=features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
    return model.apply(variables, carry, x_batch)
