"""Another rate, and a key that no seed changes."""

import flax.linen as nn
import jax
import jax.numpy as jnp

class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features=features, rate=0.3, deterministic=False)  # expect: changed-layer
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(0))  # expect: ignored-seed
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
