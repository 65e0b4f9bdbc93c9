"""One dict of streams for init and apply; apply draws no weights."""
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


def make_rngs(seed):
    names = ("params", "dropout")
    return dict(zip(names, jax.random.split(jax.random.PRNGKey(seed), len(names))))


def nn_vmap_dropout(seed, x_batch, features, rate):
    BatchLayer = nn.vmap(
        DenseDropout,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    rngs = make_rngs(seed)
    return model.apply(model.init(rngs, x_batch), x_batch, rngs=rngs)
