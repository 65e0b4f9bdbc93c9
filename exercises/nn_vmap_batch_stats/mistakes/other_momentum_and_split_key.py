"""Another momentum, and weights from a part of the key."""

import flax.linen as nn
import jax
import jax.numpy as jnp

class DenseNorm(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features, name="dense")(x)
        norm = nn.BatchNorm(
            use_running_average=False,
            momentum=0.99,  # expect: changed-layer
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
    model = BatchLayer(features=features)
    variables = model.init(jax.random.split(jax.random.PRNGKey(seed))[0], x_batch)  # expect: derived-key
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    statistics = updates["batch_stats"]["norm"]
    return y, statistics["mean"], statistics["var"]
