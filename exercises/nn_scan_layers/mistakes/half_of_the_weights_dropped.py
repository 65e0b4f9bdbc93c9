"""All weights are drawn, and the second half of them isn't used."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def stack(length):
    return nn.scan(
        Layer,
        length=length,  # expect: wrong-length
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )()


def deep_network(seed, x, depth):
    variables = stack(depth).init(jax.random.PRNGKey(seed), x, None)
    variables = jax.tree.map(lambda each: each[: (depth + 1) // 2], variables)
    y, _ = stack((depth + 1) // 2).apply(variables, x, None)
    return y
