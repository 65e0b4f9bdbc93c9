"""In apply the weights say how many members there are, so axis_size is for init only."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    knobs = {"in_axes": None, "variable_axes": {"params": 0}, "split_rngs": {"params": True}}
    first = nn.vmap(nn.Dense, axis_size=members, **knobs)(features)
    variables = first.init(jax.random.PRNGKey(seed), x)
    later = nn.vmap(nn.Dense, axis_size=variables["params"]["bias"].shape[0], **knobs)(features)
    return later.apply(variables, x)
