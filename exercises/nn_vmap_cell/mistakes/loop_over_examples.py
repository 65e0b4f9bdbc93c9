"""A Python loop over columns and rows, stacked by hand."""
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
    variables = cell.init(jax.random.PRNGKey(seed), carry[:, 0], x_batch[0])
    steps = [cell.apply(variables, c, x) for c, x in zip(carry.T, x_batch)]
    return jnp.stack([c for c, _ in steps], axis=1), jnp.stack([y for _, y in steps])
