"""An object that is called, with the arguments in another order."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """A recurrent cell for one example. Use it as it is."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (features,) and x (in_dim,) to a new carry and an output, both (features,)."""
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


class Step:
    def __call__(self, seed, x_batch, carry, features):  # expect: wrong-signature
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


nn_vmap_cell = Step()
