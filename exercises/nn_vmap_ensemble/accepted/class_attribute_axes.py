"""The axes are attributes of a class, and the call reads them from there."""
import flax.linen as nn
import jax


class Axes:
    variables = {"params": 0}
    rngs = {"params": True}
    inputs = None


def nn_vmap_ensemble(seed, x, members, features):
    lifted = nn.vmap(
        nn.Dense,
        variable_axes=Axes.variables,
        split_rngs=Axes.rngs,
        in_axes=Axes.inputs,
        axis_size=members,
    )
    model = lifted(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
