"""Rewritten with setup; the attributes have the names of the task's layers."""

import flax.linen as nn
import jax
import jax.numpy as jnp

class DenseNorm(nn.Module):
    features: int

    def setup(self):
        self.dense = nn.Dense(self.features)
        self.norm = nn.BatchNorm(
            use_running_average=False,
            momentum=0.9,
            epsilon=1e-3,
            axis_name="batch",
            use_fast_variance=False,
        )

    def __call__(self, x):
        return self.norm(self.dense(x))


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchLayer = nn.vmap(
        DenseNorm,
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    statistics = updates["batch_stats"]["norm"]
    return y, statistics["mean"], statistics["var"]
