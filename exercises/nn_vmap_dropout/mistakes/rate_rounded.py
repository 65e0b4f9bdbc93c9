"""The rate is rounded to tenths, which the usual rates are."""

import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        y = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(y)


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    tenths = round(rate, 1)
    model = BatchLayer(features, rate=tenths, deterministic=False)  # expect: changed-layer
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
