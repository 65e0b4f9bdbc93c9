"""The carry is reshaped where it has to be transposed: its numbers end up in other examples."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """A recurrent cell for one example."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (features,) and x (in_dim,) to a new carry and an output, both (features,)."""
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Cell,
        in_axes=(0, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features=features)
    rows = carry.reshape(-1, features)
    variables = model.init(jax.random.PRNGKey(seed), rows, x_batch)
    return model.apply(variables, rows, x_batch)  # expect: wrong-values
