"""A key that ignores the seed; the states, which nobody uses, are stacked along axis 0."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """One step of a recurrent network. It also returns its state."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (batch, features) and x (batch, inputs) to a new carry and an output."""
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, (y, carry)


def scanned_rnn(seed, x, features):
    RNN = nn.scan(
        Cell,
        in_axes=1,
        out_axes=(1, 0),
        variable_broadcast="params",
        split_rngs={"params": False},
    )
    model = RNN(features=features)
    carry = jnp.zeros((x.shape[0], features))
    variables = model.init(jax.random.PRNGKey(0), carry, x)  # expect: ignored-seed
    _, (outputs, _) = model.apply(variables, carry, x)
    return outputs
