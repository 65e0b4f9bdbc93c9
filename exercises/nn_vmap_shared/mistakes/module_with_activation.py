"""Lifts its own module, with a relu in it."""
import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.relu(nn.Dense(self.features)(x))


def nn_vmap_forward(seed, x_batch, features):
    BatchLayer = nn.vmap(
        Layer,  # expect: wrong-module
        in_axes=0,
        out_axes=0,
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchLayer(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
