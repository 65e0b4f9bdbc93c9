"""Passes the flag of evaluation mode as an argument, which nn.vmap rightly leaves alone."""

import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float

    @nn.compact
    def __call__(self, x, deterministic):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate)(x, deterministic=deterministic)  # expect: evaluation-mode


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        in_axes=(0, None),
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch, True)
    return model.apply(variables, x_batch, True, rngs={"dropout": dropout_key})
