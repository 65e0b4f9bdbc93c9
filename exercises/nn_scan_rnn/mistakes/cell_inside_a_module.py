"""The scanned cell is inside a module of its own."""

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


class Network(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        RNN = nn.scan(
            Cell,  # expect: wrong-step
            in_axes=1,
            out_axes=1,
            variable_broadcast="params",
            split_rngs={"params": False},
        )
        carry = jnp.zeros((x.shape[0], self.features))
        _, outputs = RNN(self.features)(carry, x)
        return outputs


def scanned_rnn(seed, x, features):
    model = Network(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
