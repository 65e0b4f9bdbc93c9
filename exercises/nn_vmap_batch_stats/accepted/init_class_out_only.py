"""For init, where nothing goes in, the statistics only come out."""
import flax.linen as nn
import jax
from flax.core.lift import Out


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
    knobs = {"split_rngs": {"params": False}, "axis_name": "batch"}
    first = nn.vmap(DenseNorm, {"params": None, "batch_stats": Out(None)}, **knobs)(features)
    later = nn.vmap(DenseNorm, {"params": None, "batch_stats": None}, **knobs)(features)
    variables = first.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = later.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
