"""The cell is made to take a batch, so that nothing has to be lifted."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x], axis=-1)
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    model = Cell(features=features)  # expect: no-nn-vmap
    variables = model.init(jax.random.PRNGKey(seed), carry.T, x_batch)
    new_carry, y = model.apply(variables, carry.T, x_batch)
    return new_carry.T, y
