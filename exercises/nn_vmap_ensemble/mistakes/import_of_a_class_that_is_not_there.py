"""Flax doesn't have this class."""
import flax.linen as nn
import jax
from flax.linen import DenseEnsemble  # expect: import-failed


def nn_vmap_ensemble(seed, x, members, features):
    model = DenseEnsemble(features, members)
    variables = model.init(jax.random.PRNGKey(seed), x)
    return model.apply(variables, x)
