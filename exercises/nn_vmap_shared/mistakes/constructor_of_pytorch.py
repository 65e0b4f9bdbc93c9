"""Writes a constructor and forward, as in PyTorch."""

import flax.linen as nn
import jax


class Net(nn.Module):
    def __init__(self, features):  # expect: raised
        super().__init__()
        self.layer = nn.Dense(features)

    def forward(self, x):
        return self.layer(x)


def nn_vmap_forward(seed, x_batch, features):
    BatchNet = nn.vmap(Net, variable_axes={"params": None}, split_rngs={"params": False})
    model = BatchNet(features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).view(-1)
