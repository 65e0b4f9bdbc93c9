"""A key that ignores the seed; a result more, which nobody uses, has its examples on axis 1."""

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
        out_axes=(0, 1),
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(0))  # expect: ignored-seed
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    outputs, _ = model.apply(variables, x_batch, rngs={"dropout": dropout_key})
    return outputs
