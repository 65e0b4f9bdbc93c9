"""The module was edited: it has an activation now."""
import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.features)(x))
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
