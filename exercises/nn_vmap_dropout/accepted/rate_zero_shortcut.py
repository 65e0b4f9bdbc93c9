"""No key where nothing is dropped."""
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
    model = nn.vmap(
        DenseDropout, {"params": None}, {"params": False, "dropout": True}
    )(features, rate, rate == 0)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch)
    rngs = {"dropout": dropout_key} if rate else None
    return model.apply(variables, x_batch, rngs=rngs)
