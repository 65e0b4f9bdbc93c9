"""In evaluation mode, with a mask made by hand."""
import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    """A dense layer and dropout, for one example. Use it as it is."""

    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        """Map x (in_dim,) to an output of shape (features,)."""
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)
import jax.numpy as jnp


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features=features, rate=rate)  # expect: evaluation-mode
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch)
    y = model.apply(variables, x_batch)  # expect: missing-rng
    keep = jax.random.bernoulli(dropout_key, 1 - rate, y.shape)
    return jnp.where(keep, y / (1 - rate), 0.0)  # expect: wrong-values
