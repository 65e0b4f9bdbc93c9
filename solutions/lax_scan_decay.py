"""A running sum in which older terms fade, by jax.lax.scan."""

import jax
import jax.numpy as jnp


def decayed_sums(x, decay):
    """Map x (time, width) to sums of that shape: s[t] = decay * s[t - 1] + x[t], s[-1] = 0."""

    def step(total, row):
        # total and row have the shape (width,): scan takes the axis of the steps away.
        total = decay * total + row
        # First what the next step gets, then the output of this one.
        return total, total

    # The carry has the same shape and type in all steps, so the first one has to have them, too.
    start = jnp.zeros(x.shape[1:])
    _, sums = jax.lax.scan(step, start, x)
    return sums
