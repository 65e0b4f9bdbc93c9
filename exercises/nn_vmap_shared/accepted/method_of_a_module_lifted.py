"""Lifts a method of a module that has the layer inside, and gives it the plain layer's weights."""

import flax.linen as nn
import jax


class Net(nn.Module):
    features: int

    def setup(self):
        self.dense = nn.Dense(self.features)

    def one(self, x):
        return self.dense(x)

    def __call__(self, x_batch):
        run = nn.vmap(Net.one, variable_axes={"params": None}, split_rngs={"params": False})
        return run(self, x_batch)


def nn_vmap_forward(seed, x_batch, features):
    params = nn.Dense(features).init(jax.random.PRNGKey(seed), x_batch[0])["params"]
    return Net(features).apply({"params": {"dense": params}}, x_batch).reshape(-1)
