"""The input is reshaped where it has to be transposed, and mapped along the other axis."""

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
        in_axes=1,
        out_axes=0,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    columns = x_batch.reshape(x_batch.shape[::-1])
    variables = model.init(jax.random.PRNGKey(seed), columns)
    y, updates = model.apply(variables, columns, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]  # expect: wrong-values
