"""jax.lax.scan over weights that were made with jax.vmap."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    """A residual layer, in the form that nn.scan takes. Use it as it is."""

    @nn.compact
    def __call__(self, x, _):
        """Map x (batch, width) to what the next layer gets; there is no output beside it."""
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    keys = jax.random.split(jax.random.PRNGKey(seed), depth)  # expect: derived-key
    weights = jax.vmap(lambda key: Layer().init(key, x, None))(keys)

    def step(x, variables):
        return Layer().apply(variables, x, None)

    y, _ = jax.lax.scan(step, x, weights)  # expect: missing-transform
    return y
