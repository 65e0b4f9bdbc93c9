"""Draws from the next seed; the method that runs has its own axes, and they are right."""

import flax.linen as nn
import jax


class Layer(nn.Module):
    features: int

    def setup(self):
        self.dense = nn.Dense(self.features)

    def encode(self, x, train):
        return self.dense(x)

    def __call__(self, x):
        return self.encode(x, False)


def nn_vmap_ensemble(seed, x, members, features):
    knobs = {
        "axis_size": members,
        "variable_axes": {"params": 0},
        "split_rngs": {"params": True},
    }
    Plain = nn.vmap(nn.Dense, in_axes=None, **knobs)
    Ensemble = nn.vmap(
        Layer,
        methods={
            "__call__": {"in_axes": None, "out_axes": 1, **knobs},
            "encode": {"in_axes": (None, None), "out_axes": 0, **knobs},
        },
    )
    key = jax.random.PRNGKey(seed + 1)  # expect: derived-key
    weights = Plain(features).init(key, x)["params"]
    variables = {"params": {"dense": weights}}
    return Ensemble(features).apply(variables, x, True, method="encode")
