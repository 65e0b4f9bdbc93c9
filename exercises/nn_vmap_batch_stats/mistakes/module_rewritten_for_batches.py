"""Without the name the module works on a whole batch: the right numbers, and nothing lifted."""
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
            use_fast_variance=False,
            name="norm",
        )
        return norm(x)


def nn_vmap_batch_stats(seed, x_batch, features):
    model = DenseNorm(features=features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
