import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    """A dense layer and batch normalisation, for one example. Use it as it is."""

    features: int

    @nn.compact
    def __call__(self, x):
        """Map x (in_dim,) to an output of shape (features,)."""
        x = nn.Dense(self.features, name="dense")(x)
        norm = nn.BatchNorm(
            use_running_average=False,
            momentum=0.9,
            epsilon=1e-3,
            axis_name="batch",
            use_fast_variance=False,
            name="norm",
        )
        return norm(x)


def nn_vmap_batch_stats(seed, x_batch, features):
    """Run DenseNorm on a batch for one training step, lifted with nn.vmap, all state shared.

    Args:
        seed: int, for jax.random.PRNGKey(seed).
        x_batch: float32 array, shape (batch, in_dim).
        features: int, the number of outputs of the layer.

    Returns:
        A tuple (y, mean, var) of float32 arrays: the output, shape (batch, features), and the
        updated running mean and variance, both of shape (features,).
    """
    raise NotImplementedError("lift DenseNorm with nn.vmap, then init, apply and return the update")
