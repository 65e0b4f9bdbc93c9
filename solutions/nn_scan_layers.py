"""A deep stack of equal layers as one scanned layer, by nn.scan."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    """A residual layer, in the form that nn.scan takes: (carry, input) to (carry, output)."""

    @nn.compact
    def __call__(self, x, _):
        """Map x (batch, width) to what the next layer gets; there is no output beside it."""
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    """Map x (batch, width) through `depth` layers, each with its own weights."""
    Stack = nn.scan(
        Layer,
        # No input has an axis for the layers, so nothing else says how many there are.
        length=depth,
        # The collection "params" gets a leading axis: layer i works with kernel[i] and bias[i].
        variable_axes={"params": 0},
        # Each layer draws its weights from its own key.
        split_rngs={"params": True},
    )
    model = Stack()

    # The carry is what goes from layer to layer. Nothing is scanned over, hence None.
    variables = model.init(jax.random.PRNGKey(seed), x, None)

    # What the last layer gave is the last carry. The second of the pair would be the outputs.
    y, _ = model.apply(variables, x, None)
    return y
