"""Another mask in every step, as in training; but the same arguments have to give the same."""
import flax.linen as nn
import jax


class DenseDropout(nn.Module):
    """A dense layer and dropout, for one example. Use it as it is."""

    features: int
    rate: float
    deterministic: bool = True

    @nn.compact
    def __call__(self, x):
        """Map x (in_dim,) to an output of shape (features,)."""
        x = nn.Dense(self.features)(x)
        return nn.Dropout(self.rate, deterministic=self.deterministic)(x)


step = 0


def nn_vmap_dropout(seed, x_batch, features, rate):
    global step
    BatchLayer = nn.vmap(
        DenseDropout,
        variable_axes={"params": None},
        split_rngs={"params": False, "dropout": True},
    )
    model = BatchLayer(features=features, rate=rate, deterministic=False)
    params_key, dropout_key = jax.random.split(jax.random.PRNGKey(seed))
    variables = model.init(params_key, x_batch)
    mask_key = dropout_key if step == 0 else jax.random.fold_in(dropout_key, step)  # expect: stateful
    step += 1
    return model.apply(variables, x_batch, rngs={"dropout": mask_key})
