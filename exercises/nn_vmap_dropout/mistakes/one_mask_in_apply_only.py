"""The class for apply doesn't split, the one for init does."""
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
    first = nn.vmap(
        DenseDropout, variable_axes={"params": None}, split_rngs={"params": False, "dropout": True}
    )
    later = nn.vmap(
        DenseDropout,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": False},  # expect: unsplit-rng
    )
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    rngs = {"params": params_key, "dropout": dropout_key}
    variables = first(features, rate, False).init(rngs, x_batch)
    return later(features, rate, False).apply(variables, x_batch, rngs={"dropout": dropout_key})
