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


def nn_vmap_dropout(seed, x_batch, features, rate):
    """Run DenseDropout on a batch in training mode, lifted with nn.vmap, a mask for each example.

    Args:
        seed: int; params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed)).
        x_batch: float32 array, shape (batch, in_dim).
        features: int, the number of outputs of the layer.
        rate: float, the share of the outputs that are dropped, 0.0 to 0.5.

    Returns:
        float32 array, shape (batch, features).
    """
    raise NotImplementedError("lift DenseDropout with nn.vmap, then init and apply with two keys")
