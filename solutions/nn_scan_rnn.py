"""A recurrent cell over all steps of a batch of sequences, lifted with nn.scan."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """One step of a recurrent network."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (batch, features) and x (batch, inputs) to a new carry and an output."""
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def scanned_rnn(seed, x, features):
    """Map x (batch, time, inputs) to the outputs of all steps, shape (batch, time, features)."""
    RNN = nn.scan(
        Cell,
        # Axis 1 of x counts the steps. The cell gets x[:, 0], then x[:, 1], and so on.
        in_axes=1,
        # The outputs of the steps are stacked along axis 1, too.
        out_axes=1,
        # The weights are the cell's, not the steps': one set, which every step uses.
        variable_broadcast="params",
        # So they are drawn once, from one key.
        split_rngs={"params": False},
    )
    model = RNN(features=features)

    # The carry isn't scanned over: it goes in whole, and each step gets what the last one gave.
    carry = jnp.zeros((x.shape[0], features))
    variables = model.init(jax.random.PRNGKey(seed), carry, x)

    # What comes out is a pair, as of each step: the last carry, and the outputs of all steps.
    _, outputs = model.apply(variables, carry, x)
    return outputs
