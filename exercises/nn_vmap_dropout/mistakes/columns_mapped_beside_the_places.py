"""Maps over the columns, beside an argument that is mapped as it should be."""

import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float

    @nn.compact
    def __call__(self, x, place):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=False)(x) + 0 * place


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        in_axes=(1, 0),  # expect: wrong-in-axes
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    places = jax.numpy.arange(len(x_batch))
    model = BatchLayer(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch, places)
    return model.apply(variables, x_batch, places, rngs={"dropout": dropout_key})
