"""A recurrent cell for one example, lifted over a carry and an input with different axes."""

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
    """Map carry (features, batch) and x_batch (batch, in_dim) to a new carry and an output."""
    BatchCell = nn.vmap(
        Cell,
        # An entry for each argument: a column of the carry and a row of the input make one
        # example.
        in_axes=(1, 0),
        # An entry for each result: the new carry is laid out like the old one, so that it can
        # be passed to the next step.
        out_axes=(1, 0),
        # The weights are the cell's, not the examples': one set, drawn once.
        variable_axes={"params": None},
        split_rngs={"params": False},
    )

    model = BatchCell(features=features)

    # Inside, the cell sees vectors, as it was written for. The carry is no variable: it comes
    # in as an argument and goes out as a result.
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)

    # (features, batch) and (batch, features)
    return model.apply(variables, carry, x_batch)
