"""A class of one's own has the name of Flax's RNN, and a loop in Python over the steps."""

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


class RNN(nn.Module):
    cell: nn.Module

    def __call__(self, x):
        carry = jnp.zeros((x.shape[0], self.cell.features))
        outputs = []
        for step in range(x.shape[1]):
            carry, y = self.cell(carry, x[:, step])
            outputs.append(y)
        return jnp.stack(outputs, axis=1)


def scanned_rnn(seed, x, features):  # expect: missing-transform
    model = RNN(Cell(features))
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)  # expect: wrong-values
