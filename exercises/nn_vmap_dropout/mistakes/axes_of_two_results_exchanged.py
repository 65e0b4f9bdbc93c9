"""The examples are on axis 1 of the outputs, and on axis 0 of a result that nobody uses."""

import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=False)(x), x


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        out_axes=(1, 0),  # expect: wrong-out-axes
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    outputs, _ = model.apply(variables, x_batch, rngs={"dropout": dropout_key})
    return outputs
