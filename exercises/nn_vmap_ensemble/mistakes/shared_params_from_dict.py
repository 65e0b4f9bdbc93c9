"""The knobs come out of a dict, so only the call can be pointed at."""
import flax.linen as nn
import jax

KNOBS = {
    "variable_axes": {"params": None},  # expect: shared-params
    "split_rngs": {"params": True},
    "in_axes": None,
}


def nn_vmap_ensemble(seed, x, members, features):
    model = nn.vmap(nn.Dense, axis_size=members, **KNOBS)(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
