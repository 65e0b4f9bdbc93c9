"""The same module under another name, without its texts."""
import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, inputs):
        hidden = nn.Dense(features=self.features)(inputs)
        drop = nn.Dropout(rate=self.rate)
        return drop(hidden, deterministic=self.deterministic)


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        Layer,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
