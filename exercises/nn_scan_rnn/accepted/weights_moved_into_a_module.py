"""The weights of the cell alone, moved to its place in a module."""

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
        RNN = nn.scan(Cell, in_axes=1, out_axes=1, variable_broadcast="params", split_rngs={"params": False})
        return RNN(self.features, name="cell")(jnp.zeros((x.shape[0], self.features)), x)[1]


def scanned_rnn(seed, x, features):
    params = Cell(features).init(jax.random.PRNGKey(seed), jnp.zeros((x.shape[0], features)), x[:, 0])["params"]
    return Network(features).apply({"params": {"cell": params}}, x)
