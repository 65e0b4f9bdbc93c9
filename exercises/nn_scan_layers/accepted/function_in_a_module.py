"""nn.scan lifts a function of a module, whose layer keeps its name."""

import flax.linen as nn
import jax


class Network(nn.Module):
    depth: int

    @nn.compact
    def __call__(self, x):
        def layer(module, x, _):
            return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), ()

        scanned = nn.scan(
            layer,
            variable_axes={"params": 0},
            split_rngs={"params": True},
            length=self.depth,
        )
        y, _ = scanned(self, x, None)
        return y


def deep_network(seed, x, depth):
    model = Network(depth)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
