"""The starter, as it was handed out."""
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
    """Run DenseDropout on a batch in training mode, lifted with nn.vmap, a mask for each example."""
    raise NotImplementedError("lift DenseDropout with nn.vmap, then init and apply with two keys")  # expect: raised
