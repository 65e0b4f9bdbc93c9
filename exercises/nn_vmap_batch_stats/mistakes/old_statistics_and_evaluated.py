"""Returns the old statistics; only what is printed was evaluated with the new ones."""

import flax.linen as nn
import jax


class DenseNorm(nn.Module):
    features: int
    train: bool = True

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.features, name="dense")(x)
        norm = nn.BatchNorm(
            use_running_average=not self.train,
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
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    trained = {**variables, **updates}
    print(BatchLayer(features, train=False).apply(trained, x_batch).std())
    stats = variables["batch_stats"]["norm"]
    return y, stats["mean"], stats["var"]  # expect: discarded-update
