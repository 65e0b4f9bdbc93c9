"""Both are brought to the default layout, and what comes out is brought back."""
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
        Cell, variable_axes={"params": None}, split_rngs={"params": False}
    )
    model = BatchCell(features=features)
    rows = jnp.swapaxes(carry, 0, 1)
    variables = model.init(jax.random.PRNGKey(seed), rows, x_batch)
    new, y = model.apply(variables, rows, x_batch)
    return jnp.swapaxes(new, 0, 1), y
