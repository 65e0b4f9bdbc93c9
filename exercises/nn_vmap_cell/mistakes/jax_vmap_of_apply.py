"""jax.vmap of apply: right output, but the function was mapped, not the module."""
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
    cell = Cell(features)
    variables = cell.init(jax.random.PRNGKey(seed), carry[:, 0], x_batch[0])
    step = jax.vmap(cell.apply, in_axes=(None, 1, 0), out_axes=(1, 0))  # expect: no-nn-vmap
    return step(variables, carry, x_batch)
