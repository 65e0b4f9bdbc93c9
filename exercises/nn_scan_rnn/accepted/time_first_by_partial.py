"""Time first, a partial of nn.scan, filters in other forms, and one call for both."""

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



from functools import partial

lifted = partial(nn.scan, variable_broadcast=["params"], split_rngs={True: False})


def scanned_rnn(seed, x, features):
    rnn = lifted(Cell)(features)
    start = jnp.zeros_like(x, shape=(len(x), features))
    swapped = x.swapaxes(0, 1)
    (_, ys), _ = rnn.init_with_output(jax.random.key(seed), start, swapped)
    return jnp.moveaxis(ys, 0, 1)
