"""A second class for apply doesn't mention keys, which apply doesn't need."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    axes = dict(in_axes=None, variable_axes={"params": 0}, axis_size=members)
    variables = nn.vmap(nn.Dense, split_rngs={"params": True}, **axes)(features).init(
        jax.random.PRNGKey(seed), x
    )
    return nn.vmap(nn.Dense, **axes)(features).apply(variables, x)
