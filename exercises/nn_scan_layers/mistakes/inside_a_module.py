"""The stack is inside a module of its own."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    """A residual layer, in the form that nn.scan takes. Use it as it is."""

    @nn.compact
    def __call__(self, x, _):
        """Map x (batch, width) to what the next layer gets; there is no output beside it."""
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


class Network(nn.Module):
    depth: int

    @nn.compact
    def __call__(self, x):
        Stack = nn.scan(
            Layer,  # expect: wrong-step
            length=self.depth,
            variable_axes={"params": 0},
            split_rngs={"params": True},
        )
        y, _ = Stack()(x, None)
        return y


def deep_network(seed, x, depth):
    model = Network(depth)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
