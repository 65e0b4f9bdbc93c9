"""The axes are attributes of a class."""
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


class Layout:
    carry = 1
    rows = 0


def nn_vmap_cell(seed, carry, x_batch, features):
    axes = (Layout.carry, Layout.rows)
    BatchCell = nn.vmap(Cell, {"params": None}, {"params": False}, in_axes=axes, out_axes=axes)
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
    return model.apply(variables, carry, x_batch)
