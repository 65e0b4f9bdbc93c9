"""Everything may change."""
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
    knobs = {"variable_axes": {True: None}, "split_rngs": {True: False}, "axis_name": "batch"}
    model = nn.vmap(DenseNorm, **knobs)(features)
    variables = model.init(jax.random.key(seed), x_batch)
    y, after = model.apply(variables, x_batch, mutable=True)
    return y, after["batch_stats"]["norm"]["mean"], after["batch_stats"]["norm"]["var"]
