"""An instance in evaluation mode, and a clone of it for training."""
import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    """A dense layer and dropout, for one example."""

    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        """Map x (in_dim,) to an output of shape (features,)."""
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


def nn_vmap_dropout(seed, x_batch, features, rate):
    Batch = nn.vmap(
        DenseDropout, variable_axes={"params": None}, split_rngs={"params": False, "dropout": True}
    )
    evaluation = Batch(features, rate)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = evaluation.init(params_key, x_batch)
    training = evaluation.clone(deterministic=False)
    return training.apply(variables, x_batch, rngs={"dropout": dropout_key})
