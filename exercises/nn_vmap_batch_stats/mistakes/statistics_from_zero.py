"""The variance starts from 0, not from the 1 that init gives it."""

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
    BatchLayer = nn.vmap(
        DenseNorm,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    zeros = jax.tree.map(lambda each: 0 * each, variables["batch_stats"])
    begun = {"params": variables["params"], "batch_stats": zeros}
    y, updates = model.apply(begun, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]  # expect: wrong-values
