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
    """Run one step of Cell for a batch, lifted with nn.vmap, with shared weights.

    Args:
        seed: int, for jax.random.PRNGKey(seed).
        carry: float32 array, shape (features, batch), one column per example.
        x_batch: float32 array, shape (batch, in_dim), one row per example.
        features: int, the size of the cell's state and of its output.

    Returns:
        A tuple (new_carry, y): float32 arrays, shapes (features, batch) and (batch, features).
    """
    raise NotImplementedError("lift Cell with nn.vmap over the carry and the input")
