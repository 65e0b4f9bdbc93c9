"""Passes evaluation mode to the norm by position, beside the starter's class."""

import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
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


class SwitchedNorm(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x, train):
        x = nn.Dense(self.features, name="dense")(x)
        norm = nn.BatchNorm(
            momentum=0.9, epsilon=1e-3, axis_name="batch", use_fast_variance=False, name="norm"
        )
        return norm(x, train)  # expect: evaluation-mode


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchLayer = nn.vmap(
        SwitchedNorm,
        in_axes=(0, None),
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch, True)
    y, updates = model.apply(variables, x_batch, True, mutable=["batch_stats"])
    statistics = updates["batch_stats"]["norm"]
    return y, statistics["mean"], statistics["var"]
