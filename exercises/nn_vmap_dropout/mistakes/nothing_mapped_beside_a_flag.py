"""Maps over neither the input nor the flag."""

import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float

    @nn.compact
    def __call__(self, x, deterministic):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate)(x, deterministic=deterministic)


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        in_axes=(None, None),  # expect: wrong-in-axes
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch, True)
    return model.apply(variables, x_batch, False, rngs={"dropout": dropout_key})
