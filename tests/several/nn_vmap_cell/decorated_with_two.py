import flax.linen as nn
import jax
import jax.numpy as jnp
from functools import partial


@partial(
    nn.vmap,
    in_axes=(1, 0),
    out_axes=0,  # expect: wrong-out-axes
    variable_axes={"params": None},
    split_rngs={"params": True},  # expect: split-params-rng
)
class Cell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    model = Cell(features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
    return model.apply(variables, carry, x_batch)
