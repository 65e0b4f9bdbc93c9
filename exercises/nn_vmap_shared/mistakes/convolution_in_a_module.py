"""A convolution of width 1 gives the numbers of the dense layer, from a kernel of another shape."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        layer = nn.Conv(self.features, kernel_size=(1,))
        nn.share_scope(self, layer)
        return layer(x[None])[0]


def nn_vmap_forward(seed, x_batch, features):
    BatchLayer = nn.vmap(
        Layer,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
