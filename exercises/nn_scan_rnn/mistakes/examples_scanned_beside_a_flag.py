"""Goes over the examples; the flag is broadcast as it should be."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """One step of a recurrent network. It also gets a flag, which it has no use for."""

    features: int

    @nn.compact
    def __call__(self, carry, x, train):
        """Map carry (batch, features) and x (batch, inputs) to a new carry and an output."""
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def scanned_rnn(seed, x, features):
    RNN = nn.scan(
        Cell,
        in_axes=(0, nn.broadcast),  # expect: wrong-axis-in
        out_axes=1,
        variable_broadcast="params",
        split_rngs={"params": False},
    )
    model = RNN(features=features)
    carry = jnp.zeros((x.shape[0], features))
    variables = model.init(jax.random.PRNGKey(seed), carry, x, True)
    _, outputs = model.apply(variables, carry, x, True)
    return outputs
