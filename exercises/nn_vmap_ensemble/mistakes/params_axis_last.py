"""The members are the last axis of the weights."""
import flax.linen as nn
import jax


def nn_vmap_ensemble(seed, x, members, features):
    knobs = dict(in_axes=None, out_axes=0, axis_size=members, split_rngs={"params": True})
    Ensemble = nn.vmap(nn.Dense, variable_axes={"params": -1}, **knobs)  # expect: wrong-variable-axes
    model = Ensemble(features)
    return model.apply(model.init(jax.random.PRNGKey(seed), x), x)
