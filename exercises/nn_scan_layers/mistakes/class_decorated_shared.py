"""A class is lifted by a decorator, with shared weights."""

import functools

import flax.linen as nn
import jax


class Plain(nn.Module):
    """A residual layer, in the form that nn.scan takes. Use it as it is."""

    @nn.compact
    def __call__(self, x, _):
        """Map x (batch, width) to what the next layer gets; there is no output beside it."""
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    @functools.partial(
        nn.scan,
        length=depth,
        variable_broadcast="params",  # expect: shared-params
        split_rngs={"params": False},  # expect: unsplit-params-rng
    )
    class Layer(Plain):
        pass

    model = Layer()
    variables = model.init(jax.random.PRNGKey(seed), x, None)
    return model.apply(variables, x, None)[0]
