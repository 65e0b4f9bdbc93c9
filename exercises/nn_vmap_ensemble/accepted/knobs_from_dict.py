"""The knobs are kept in a dict, the size is added later."""
import flax.linen as nn
import jax

ENSEMBLE = {
    "in_axes": None,
    "out_axes": 0,
    "variable_axes": {"params": 0},
    "split_rngs": {"params": True},
}


def build(members, features):
    return nn.vmap(nn.Dense, axis_size=members, **ENSEMBLE)(features=features)


def nn_vmap_ensemble(seed, x, members, features):
    model = build(members, features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
