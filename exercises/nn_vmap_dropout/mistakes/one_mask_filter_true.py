"""The filter True matches every stream, and none of them is split."""
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
    BatchLayer = nn.vmap(
        DenseDropout,
        variable_axes={True: None},
        split_rngs={True: False},  # expect: unsplit-rng
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
