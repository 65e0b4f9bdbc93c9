"""Split in three, so both are other keys than those of a split in two."""
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
    _, params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed), 3)  # expect: derived-key
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
