"""The output of init_with_output, where both streams have one key."""
import flax.linen as nn
import jax


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
    Batch = nn.vmap(
        DenseDropout, variable_axes={"params": None}, split_rngs={"params": False, "dropout": True}
    )
    model = Batch(features, rate, deterministic=False)
    key, _ = jax.random.split(jax.random.PRNGKey(seed))
    out, _ = model.init_with_output({"params": key, "dropout": key}, x_batch)  # expect: reused-key
    return out
