import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features, name="dense")(x)
        return nn.BatchNorm(
            use_running_average=False,
            momentum=0.99,  # expect: changed-layer
            epsilon=1e-3,
            axis_name="batch",
            use_fast_variance=False,
            name="norm",
        )(x)


def nn_vmap_batch_stats(seed, x_batch, features):
    model = nn.vmap(
        DenseNorm,
        out_axes=1,  # expect: wrong-out-axes
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
