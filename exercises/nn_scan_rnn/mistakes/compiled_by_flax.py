"""The module is compiled with nn.jit, in which Flax draws other numbers from the same key."""

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


def scanned_rnn(seed, x, features):
    RNN = nn.scan(
        Cell,
        in_axes=1,
        out_axes=1,
        variable_broadcast="params",
        split_rngs={"params": False},
    )
    model = nn.jit(RNN)(features=features)  # expect: derived-key
    carry = jnp.zeros((x.shape[0], features))
    variables = model.init(jax.random.PRNGKey(seed), carry, x)
    _, outputs = model.apply(variables, carry, x)
    return outputs
