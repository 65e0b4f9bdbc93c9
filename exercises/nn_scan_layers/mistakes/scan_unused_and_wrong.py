"""The stack's output isn't used, and a loop with its weights has another activation."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    Stack = nn.scan(  # expect: missing-transform
        Layer,
        length=depth,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )
    model = Stack()
    variables = model.init(jax.random.PRNGKey(seed), x, None)
    y, _ = model.apply(variables, x, None)
    params = variables["params"]["dense"]
    for i in range(depth):
        x = x + nn.relu(x @ params["kernel"][i] + params["bias"][i])
    return x  # expect: wrong-values
