"""split_rngs names the collection of the statistics, which draws nothing, instead of the weights."""
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


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchLayer = nn.vmap(
        DenseNorm,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"batch_stats": False},  # expect: params-rng-not-lifted
        axis_name="batch",
    )
    model = BatchLayer(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
