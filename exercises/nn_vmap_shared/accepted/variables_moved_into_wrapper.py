"""Initialises the lifted layer alone, and applies it inside of a module that flattens."""
import flax.linen as nn
import jax


def batched(features, name=None):
    lifted = nn.vmap(nn.Dense, variable_axes={"params": None}, split_rngs={"params": False})
    return lifted(features, name=name)


class Flat(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        return batched(self.features, name="dense")(x).reshape(-1)


def nn_vmap_forward(seed, x_batch, features):
    variables = batched(features).init(jax.random.PRNGKey(seed), x_batch)
    return Flat(features).apply({"params": {"dense": variables["params"]}}, x_batch)
