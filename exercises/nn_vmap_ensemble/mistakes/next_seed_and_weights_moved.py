"""Draws from the next seed, and moves the weights into a module around the lifted one."""

import flax.linen as nn
import jax


class Ensemble(nn.Module):
    members: int
    features: int

    def setup(self):
        self.layers = lifted(self.members)(self.features)

    def __call__(self, x):
        return self.layers(x)


def lifted(members):
    return nn.vmap(
        nn.Dense,
        in_axes=None,
        axis_size=members,
        variable_axes={"params": 0},
        split_rngs={"params": True},
    )


def nn_vmap_ensemble(seed, x, members, features):
    key = jax.random.PRNGKey(seed + 1)  # expect: derived-key
    weights = lifted(members)(features).init(key, x)["params"]
    return Ensemble(members, features).apply({"params": {"layers": weights}}, x)
