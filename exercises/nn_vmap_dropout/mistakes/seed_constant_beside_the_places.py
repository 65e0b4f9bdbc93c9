"""A key that ignores the seed; an argument more, which is mapped as it should be."""

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
        in_axes=(0, 0),
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    places = jax.numpy.arange(len(x_batch))
    model = BatchLayer(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(0))  # expect: ignored-seed
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch, places)
    return model.apply(variables, x_batch, places, rngs={"dropout": dropout_key})
