"""The layer takes the batch for its width."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[0], name="dense")(x)), None  # expect: raised, changed-layer


def deep_network(seed, x, depth):
    Stack = nn.scan(
        Layer, length=depth, variable_axes={"params": 0}, split_rngs={"params": True}
    )
    model = Stack()
    variables = model.init(jax.random.PRNGKey(seed), x, None)
    y, _ = model.apply(variables, x, None)
    return y
