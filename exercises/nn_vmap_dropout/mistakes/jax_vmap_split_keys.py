"""jax.vmap over examples and keys that were split by hand: right, and not what is asked."""
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
    model = DenseDropout(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch[0])

    def one_example(key, x):
        return model.apply(variables, x, rngs={"dropout": key})

    keys = jax.random.split(dropout_key, x_batch.shape[0])
    return jax.vmap(one_example)(keys, x_batch)  # expect: no-nn-vmap
