"""Looks like nn.Dense, and squashes what it returns."""
import flax.linen as nn
import jax


class Dense(nn.Dense):
    @nn.compact
    def __call__(self, inputs):
        return nn.tanh(super().__call__(inputs))


def nn_vmap_forward(seed, x_batch, features):
    BatchDense = nn.vmap(
        Dense,  # expect: wrong-module
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchDense(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
