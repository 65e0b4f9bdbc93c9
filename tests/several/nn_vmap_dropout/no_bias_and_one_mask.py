import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features, use_bias=False)(x)  # expect: changed-layer
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


STREAMS = dict(params=False, dropout=False)  # expect: unsplit-rng


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(DenseDropout, variable_axes={"params": None}, split_rngs=STREAMS)
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
