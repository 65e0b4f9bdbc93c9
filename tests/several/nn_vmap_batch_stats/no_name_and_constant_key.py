import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    """A dense layer and batch normalisation, for one example. Use it as it is."""

    features: int

    @nn.compact
    def __call__(self, x):
        """Map x (in_dim,) to an output of shape (features,)."""
        x = nn.Dense(self.features, name="dense")(x)
        norm = nn.BatchNorm(
            use_running_average=False,
            momentum=0.9,
            epsilon=1e-3,
            axis_name="batch",
            use_fast_variance=False,
            name="norm",
        )
        return norm(x)

LIFT = {
    "variable_axes": {"params": None, "batch_stats": None},
    "split_rngs": {"params": False},
}


def nn_vmap_batch_stats(seed, x_batch, features):
    Layer = nn.vmap(DenseNorm, **LIFT)  # expect: wrong-axis-name
    model = Layer(features=features)
    variables = model.init(jax.random.key(0), x_batch)  # expect: ignored-seed
    y, new = model.apply(variables, x_batch, mutable="batch_stats")
    return y, new["batch_stats"]["norm"]["mean"], new["batch_stats"]["norm"]["var"]
