"""A copy with another mode, made with dataclasses.replace."""
import dataclasses

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
    """Map x_batch (batch, in_dim) to outputs of shape (batch, features), some of them dropped."""
    BatchLayer = nn.vmap(
        DenseDropout,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={
            "params": False,
            "dropout": True,
        },
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    model = dataclasses.replace(model, deterministic=True)  # expect: evaluation-mode
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})
