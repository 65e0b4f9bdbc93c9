"""The module around it shares its scope, so the names are the same."""

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

    def setup(self):
        RNN = nn.scan(Cell, in_axes=1, out_axes=1, variable_broadcast="params", split_rngs={"params": False})
        self.rnn = RNN(self.features)
        nn.share_scope(self, self.rnn)

    def __call__(self, x):
        return self.rnn(jnp.zeros((x.shape[0], self.features)), x)[1]


def scanned_rnn(seed, x, features):
    model = Network(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
