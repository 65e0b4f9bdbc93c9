"""Splits the dropout key by hand, as nn.vmap does, and runs one example after the other."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core.scope import LazyRng


class DenseDropout(nn.Module):
    """A dense layer and dropout, for one example."""

    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        """Map x (in_dim,) to an output of shape (features,)."""
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": False},
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    keys = jax.random.split(LazyRng.create(dropout_key).as_jax_rng(), x_batch.shape[0])
    rows = [
        model.apply(variables, x_batch[i : i + 1], rngs={"dropout": key})
        for i, key in enumerate(keys)
    ]
    return jnp.concatenate(rows)
