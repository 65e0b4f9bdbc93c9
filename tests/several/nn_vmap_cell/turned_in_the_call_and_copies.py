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
    BatchCell = nn.vmap(
        Cell,
        in_axes=(0, 0),
        out_axes=(0, 0),
        variable_axes={"params": -1},  # expect: per-example-params
        split_rngs={"params": False},
    )
    model = BatchCell(features=features)
    key = jax.random.PRNGKey(0)  # expect: ignored-seed
    variables = model.init(key, carry.T, x_batch)
    new, y = model.apply(variables, carry.T, x_batch)
    return jnp.swapaxes(new, 0, 1), y
