"""Also runs the model without dropout, and prints what share was dropped."""
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
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    training = BatchLayer(features=features, rate=rate, deterministic=False)
    evaluation = BatchLayer(features=features, rate=rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = training.init(params_key, x_batch)
    outputs = training.apply(variables, x_batch, rngs={"dropout": dropout_key})
    whole = evaluation.apply(variables, x_batch)
    print(f"dropped {((outputs == 0) & (whole != 0)).mean():.0%} at rate {rate}")
    return outputs
