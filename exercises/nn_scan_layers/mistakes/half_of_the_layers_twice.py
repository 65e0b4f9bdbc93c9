"""A stack of half of the layers runs twice, with the same weights."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    half = nn.scan(
        Layer,
        length=depth - depth // 2,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )()
    key = jax.random.PRNGKey(seed)
    variables = half.init(key, x, None)
    y, _ = half.apply(variables, x, None)
    y, _ = half.apply(variables, y, None)
    return y  # expect: wrong-values
