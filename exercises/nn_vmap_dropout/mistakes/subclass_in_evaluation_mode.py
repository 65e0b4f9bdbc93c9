import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


class Layer(DenseDropout):
    """The layer under a name of our own."""


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        Layer, variable_axes={"params": None}, split_rngs={"params": False, "dropout": True}
    )
    model = BatchLayer(features=features, rate=rate)  # expect: evaluation-mode
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
