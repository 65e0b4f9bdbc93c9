"""apply gets the parameters without the name of their collection."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        return x + nn.tanh(nn.Dense(x.shape[-1], name="dense")(x)), None


def deep_network(seed, x, depth):
    model = nn.scan(
        Layer, length=depth, variable_axes={"params": 0}, split_rngs={"params": True}
    )()
    params = model.init(jax.random.PRNGKey(seed), x, None)["params"]
    return model.apply(params, x, None)[0]  # expect: raised
