"""The cell was rewritten, with other names for its layers, and so with other weights."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class RecurrentCell(nn.Module):
    features: int

    @nn.compact
    def __call__(self, carry, x):
        hidden = nn.tanh(nn.Dense(self.features)(jnp.concatenate([carry, x])))
        return hidden, nn.Dense(self.features)(hidden)


def nn_vmap_cell(seed, carry, x_batch, features):
    BatchCell = nn.vmap(
        RecurrentCell,  # expect: wrong-module
        in_axes=(1, 0),
        out_axes=(1, 0),
        variable_axes={"params": None},
        split_rngs={"params": False},
    )
    model = BatchCell(features=features)
    variables = model.init(jax.random.PRNGKey(seed), carry, x_batch)
    return model.apply(variables, carry, x_batch)
