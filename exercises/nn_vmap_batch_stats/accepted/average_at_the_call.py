"""Training mode is set in the call of the norm, not when it is made."""
import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x, train=True):
        x = nn.Dense(self.features, name="dense")(x)
        norm = nn.BatchNorm(
            momentum=0.9, epsilon=1e-3, axis_name="batch", use_fast_variance=False, name="norm"
        )
        return norm(x, use_running_average=not train)


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchLayer = nn.vmap(
        DenseNorm,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
