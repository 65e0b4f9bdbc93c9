"""The weights are made with an axis; apply takes them for shared ones."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    axes = dict(in_axes=None, axis_size=members, split_rngs={"params": True})
    variables = nn.vmap(nn.Dense, variable_axes={"params": 0}, **axes)(features).init(
        jax.random.PRNGKey(seed), x
    )
    later = nn.vmap(nn.Dense, variable_axes={"params": None}, **axes)(features)  # expect: shared-params
    return later.apply(variables, x)
