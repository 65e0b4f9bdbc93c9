"""The cell was edited: the output has no bias. It is zero at first, so the numbers agree."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, use_bias=False, name="output")(carry)  # expect: changed-layer
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        Cell,
        in_axes=(1, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features=features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
    return model.apply(variables, carry, x_batch)
