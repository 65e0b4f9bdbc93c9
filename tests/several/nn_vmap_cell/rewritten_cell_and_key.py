import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    def setup(self):
        self.state = nn.Dense(self.features)
        self.output = nn.Dense(self.features)

    def __call__(self, carry, x):
        carry = nn.relu(self.state(jnp.concatenate([carry, x])))
        return carry, self.output(carry)


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Cell,  # expect: wrong-module
        in_axes=(1, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features=features)
    variables = model.init(jax.random.PRNGKey(0), carry, x_batch)  # expect: ignored-seed
    return model.apply(variables, carry, x_batch)
