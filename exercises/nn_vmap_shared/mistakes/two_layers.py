"""A small network instead of one layer."""
import flax.linen as nn
import jax


class MLP(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(8)(x)
        x = nn.relu(x)
        return nn.Dense(self.features)(x)


BatchMLP = nn.vmap(MLP, in_axes=0, out_axes=0, variable_axes={"params": None}, split_rngs={"params": False})  # expect: wrong-module


def nn_vmap_forward(seed, x_batch, features):
    model = BatchMLP(features=features)
    variables = model.init(jax.random.PRNGKey(seed), x_batch)
    return model.apply(variables, x_batch).reshape(-1)
