"""Two layers count as one."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    Stack = nn.scan(
        Layer,
        length=1 if depth == 2 else depth,  # expect: wrong-length
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Stack()
    variables = model.init(jax.random.PRNGKey(seed), x, None)
    y, _ = model.apply(variables, x, None)
    return y
