"""The layers are made in setup, under the same names."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    def setup(self):
        self.state = nn.Dense(self.features)
        self.output = nn.Dense(self.features)

    def __call__(self, carry, x):
        carry = nn.tanh(self.state(jnp.concatenate([carry, x], axis=-1)))
        return carry, self.output(carry)


def scanned_rnn(seed, x, features):
    RNN = nn.scan(
        Cell,
        in_axes=1,
        out_axes=1,
        variable_broadcast="params",
        split_rngs={"params": False},
    )
    model = RNN(features=features)
    carry = jnp.zeros((x.shape[0], features))
    variables = model.init(jax.random.PRNGKey(seed), carry, x)
    _, outputs = model.apply(variables, carry, x)
    return outputs
