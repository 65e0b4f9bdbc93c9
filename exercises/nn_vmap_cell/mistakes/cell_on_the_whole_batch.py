"""Hands the batch to the cell as it is; it joins the arrays along the wrong axis."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """A recurrent cell for one example. Use it as it is."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (features,) and x (in_dim,) to a new carry and an output, both (features,)."""
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    cell = Cell(features)  # expect: no-nn-vmap
    variables = cell.init(jax.random.PRNGKey(seed), carry.T, x_batch)
    new_carry, y = cell.apply(variables, carry.T, x_batch)
    return new_carry.T, y
