"""A network deeper than 9 layers gets 9."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    Stack = nn.scan(
        Layer,
        length=min(depth, 9),  # expect: wrong-length
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Stack()
    variables = model.init(jax.random.PRNGKey(seed), x, None)
    y, _ = model.apply(variables, x, None)
    return y
