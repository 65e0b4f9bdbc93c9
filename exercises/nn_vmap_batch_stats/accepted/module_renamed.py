"""The same module under another name, with the mode passed in the call."""
import flax.linen as nn
import jax


class Layer(nn.Module):
    width: int
    axis: str = "batch"

    def setup(self):
        self.dense = nn.Dense(self.width)
        self.norm = nn.BatchNorm(momentum=0.9, epsilon=1e-3, axis_name=self.axis, use_fast_variance=False)

    def __call__(self, x):
        return self.norm(self.dense(x), use_running_average=False)


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchLayer = nn.vmap(
        Layer,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
