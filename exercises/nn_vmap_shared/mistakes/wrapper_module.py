"""Lifts a module that has the dense layer inside: other parameter names, other weights."""
import flax.linen as nn
import jax


class OneLayer(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features)(x)


def nn_vmap_forward(seed, x_batch, features):
    BatchLayer = nn.vmap(
        OneLayer,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchLayer(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
