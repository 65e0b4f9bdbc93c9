"""nn is never imported: the module at the top of the file can't be made."""
import jax
from flax.linen import BatchNorm, Dense, vmap


class DenseNorm(nn.Module):  # expect: import-failed
    features: int

    @nn.compact
    def __call__(self, x):
        x = Dense(self.features, name="dense")(x)
        return BatchNorm(False, momentum=0.9, epsilon=1e-3, axis_name="batch", name="norm")(x)


def nn_vmap_batch_stats(seed, x_batch, features):
    BatchLayer = vmap(
        DenseNorm,
        variable_axes={"params": None, "batch_stats": None},
        split_rngs={"params": False},
        axis_name="batch",
    )
    model = BatchLayer(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    y, updates = model.apply(variables, x_batch, mutable=["batch_stats"])
    norm = updates["batch_stats"]["norm"]
    return y, norm["mean"], norm["var"]
