"""One mask for the features of an example: the module was changed."""
import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, broadcast_dims=(0,), deterministic=self.deterministic)(x)  # expect: changed-layer


def nn_vmap_dropout(seed, x_batch, features, rate):
    Batch = nn.vmap(
        DenseDropout, variable_axes={"params": None}, split_rngs={"params": False, "dropout": True}
    )
    model = Batch(features, rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
