"""One carry for all, the mean of them."""
import flax.linen as nn
import jax
import jax.numpy as jnp


class Cell(nn.Module):
    """A recurrent cell for one example."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        """Map carry (features,) and x (in_dim,) to a new carry and an output, both (features,)."""
        joined = jnp.concatenate([carry, x])
        carry = nn.tanh(nn.Dense(self.features, name="state")(joined))
        y = nn.Dense(self.features, name="output")(carry)
        return carry, y


def nn_vmap_cell(seed, carry, x_batch, features):
    model = nn.vmap(
        Cell,
        {"params": None},
        {"params": False},
        in_axes=(None, 0),  # expect: wrong-in-axes
        out_axes=(1, 0),
    )(features)
    mean = carry.mean(axis=1)
    variables = model.init(jax.random.PRNGKey(seed), mean, x_batch)
    return model.apply(variables, mean, x_batch)
