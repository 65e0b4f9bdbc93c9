"""The function is a method of the module, where nobody can find it."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y

    def nn_vmap_cell(seed, carry, x_batch, features):  # expect: missing-function
        BatchCell = nn.vmap(Cell, {"params": None}, {"params": False}, (1, 0), (1, 0))
        model = BatchCell(features=features)
        variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
        return model.apply(variables, carry, x_batch)
