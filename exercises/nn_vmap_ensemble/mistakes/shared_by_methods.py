"""The knobs stand in methods."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    knobs = dict(variable_axes={"params": None}, split_rngs={"params": True}, in_axes=None)  # expect: shared-params
    Ensemble = nn.vmap(nn.Dense, methods={"__call__": knobs}, axis_size=members)
    model = Ensemble(features)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
