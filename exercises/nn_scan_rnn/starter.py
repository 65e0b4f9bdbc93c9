import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """One step of a recurrent network. Use it as it is."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (batch, features) and x (batch, inputs) to a new carry and an output."""
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def scanned_rnn(seed, x, features):
    """Run Cell over all steps of a batch of sequences, lifted with nn.scan.

    Args:
        seed: int, for jax.random.PRNGKey(seed).
        x: float32 array, shape (batch, time, inputs): a sequence for each example.
        features: int, the size of the cell's carry and of its output.

    Returns:
        float32 array, shape (batch, time, features): the cell's output in each step.
    """
    raise NotImplementedError("lift Cell with nn.scan over the steps, then init and apply it")
