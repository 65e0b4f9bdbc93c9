"""nn.RNN runs the cell, with nn.scan inside."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.RNNCellBase):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y

    @nn.nowrap
    def initialize_carry(self, rng, input_shape):
        return jnp.zeros((*input_shape[:-1], self.features))

    @property
    def num_feature_axes(self):
        return 1


def scanned_rnn(seed, x, features):
    cell = Cell(features)
    variables = cell.init(jax.random.PRNGKey(seed), jnp.zeros((x.shape[0], features)), x[:, 0])
    return nn.RNN(cell).apply({"params": {"cell": variables["params"]}}, x)  # expect: missing-transform
