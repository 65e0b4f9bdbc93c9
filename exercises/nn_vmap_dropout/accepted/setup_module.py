"""The module is written with setup, with the same names."""
import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    def setup(self):
        self.Dense_0 = nn.Dense(self.features)
        self.Dropout_0 = nn.Dropout(self.rate)

    def __call__(self, x):
        return self.Dropout_0(self.Dense_0(x), deterministic=self.deterministic)


def nn_vmap_dropout(seed, x_batch, features, rate):
    Batch = nn.vmap(
        DenseDropout, variable_axes={"params": None}, split_rngs={"params": False, "dropout": True}
    )
    model = Batch(features, rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
