"""Dense and batch normalisation for one example, lifted over a batch, statistics shared."""

import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    """A dense layer and batch normalisation, for one example."""

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
    """Map x_batch (batch, in_dim) to the output and the updated running mean and variance."""
    BatchLayer = nn.vmap(
        DenseNorm,
        in_axes=0,
        out_axes=0,
        # Both collections are shared. The statistics are written, too, and None promises that all
        # examples write the same: they do, since each of them takes the mean over the batch.
        variable_axes={"params": None, "batch_stats": None},
        # Only the weights are drawn at random, once for all.
        split_rngs={"params": False},
        # The name under which the module finds the other examples.
        axis_name="batch",
    )

    model = BatchLayer(features=features)

    # The statistics start from a mean of 0 and a variance of 1; init doesn't update them.
    variables = model.init(jax.random.PRNGKey(seed), x_batch)

    # apply can't change variables, so it returns what the module has written beside the output:
    # y (batch, features), and the collections that were allowed to change.
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])

    # variables still holds the old statistics, updates the new ones, each (features,).
    statistics = updates["batch_stats"]["norm"]
    return y, statistics["mean"], statistics["var"]
