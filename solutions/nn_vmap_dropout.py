"""A dense layer with dropout, lifted over a batch: shared weights, a mask for each example."""

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
        # All examples share one kernel and one bias.
        variable_axes={"params": None},
        split_rngs={
            # What is shared is drawn once, so this key stays whole.
            "params": False,
            # What differs is drawn anew: a key for each example, so a mask for each. With False
            # all of them would drop the same features.
            "dropout": True,
        },
    )

    # Dropout is off unless this is said.
    model = BatchLayer(features=features, rate=rate, deterministic=False)

    # One key for one purpose: two streams, two keys.
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))

    # init runs the module, so it draws a mask as well, and throws away what it computes.
    variables = model.init({"params": params_key, "dropout": dropout_key}, x_batch)

    # apply draws no weights: all it needs is a key for the masks, under the stream's name.
    return model.apply(variables, x_batch, rngs={"dropout": dropout_key})  # (batch, features)
