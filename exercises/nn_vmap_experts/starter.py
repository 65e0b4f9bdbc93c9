import flax.linen as nn
import jax.numpy as jnp


class Expert(nn.Module):
    """One expert: a dense layer and nn.tanh. Use it as it is."""

    features: int

    @nn.compact
    def __call__(self, x):
        """Map x (batch, inputs) to (batch, features)."""
        return nn.tanh(nn.Dense(self.features)(x))


class Mixture(nn.Module):
    """Experts that see the same input, and a gate that weighs them.

    Fields:
        experts: int, the number of experts.
        features: int, the number of outputs of each expert, and of the mixture.
    """

    experts: int
    features: int

    @nn.compact
    def __call__(self, x):
        """Map x, float32 (batch, inputs), to float32 (batch, features)."""
        raise NotImplementedError("lift Expert over the experts, weigh them, and scale the sum")
