"""The sequences are cut off, which only shows for long ones."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


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
    _, outputs = model.apply(variables, carry, x[:, :100])  # expect: wrong-length
    return outputs
