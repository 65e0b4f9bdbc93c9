"""The cell is written with setup, under the same names."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    def setup(self):
        self.state = nn.Dense(self.features)
        self.output = nn.Dense(self.features)

    def __call__(self, carry, x):
        new = jnp.tanh(self.state(jnp.concatenate((carry, x))))
        return new, self.output(new)


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Cell,
        in_axes=(1, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
    return model.apply(variables, carry, x_batch)
