"""Lifts a function that calls the layer, instead of a class."""

import flax.linen as nn
import jax


class Batch(nn.Module):
    features: int

    def setup(self):
        self.layer = nn.Dense(self.features)
        nn.share_scope(self, self.layer)

    def __call__(self, x):
        run = nn.vmap(
            lambda m, row: m(row), variable_axes={"params": None}, split_rngs={"params": False}
        )
        return run(self.layer, x)


def nn_vmap_forward(seed, x_batch, features):
    model = Batch(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
